/** Whole commands against live nodes: one inside this process, one of a deployment. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reference } from '../../../../targets/reference/target.ts';
import type { Deployment } from '../../../../targets/target.ts';
import { deploymentSpec } from '../../../targets/deployment-spec.ts';
import { TestClient } from '../../../targets/reference/test-client.ts';
import { letitcrash } from '../cli/command-line.ts';
import { played } from '../cli/in-process.ts';

let folder: string;
let deployment: Deployment;
let client: TestClient;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-observe-'));
  deployment = await reference.start(deploymentSpec(folder));
  client = await TestClient.open(
    deployment.nodes[0]?.endpoint as Deployment['nodes'][0]['endpoint'],
    deployment.credential('anna', 'd0'),
  );
}, 30_000);
afterAll(async () => {
  await deployment.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Observation {
  readonly schema: string;
  readonly nodes: readonly {
    readonly processes: {
      readonly users: number;
      readonly listed: readonly { readonly user: string | null; readonly mailbox: number }[];
    };
    readonly tree: readonly { readonly name: string }[];
    readonly crashes: { readonly crashes: readonly { readonly reason: string; readonly state: unknown }[] };
    readonly modules: { readonly release: string };
  }[];
}

async function document(...args: string[]): Promise<Observation> {
  const { code, stdout, stderr } = await letitcrash(['observe', ...args, '--json']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Observation;
}

test('the control file can be read by its owner only', () => {
  expect(statSync(join(folder, 'data', 'control.json')).mode & 0o777).toBe(0o600);
});

test("a run's folder is enough to show counts, processes and modules in words", async () => {
  const { code, stdout, stderr } = await letitcrash(['observe', folder, '--sort', 'mailbox']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^n1 {2}release 1\.0$/m);
  expect(stdout).toMatch(/\b1 users, 1 connections\b/);
  expect(stdout).toMatch(/mailbox\*/);
  expect(stdout).toMatch(/^anna <n1\.\d+\.\d+> +user 1\.0 /m);
  expect(stdout).toMatch(/^module user +1\.0 +1 processes$/m);
});

test('the tree and the crashes are shown when asked for', async () => {
  expect(await deployment.chaos?.poison('presence', 'n1')).toBe(true);
  const { stdout } = await letitcrash(['observe', folder, '--tree', '--crashes', '--once']);
  expect(stdout).toMatch(/^node supervisor <\S+> one_for_one$/m);
  expect(stdout).toMatch(/^│ {2}└─ presence <\S+>$/m);
  expect(stdout).toMatch(/presence <\S+>: Error: poisoned by a drill on chaos; state \{/);
});

test('with --json, stdout has the document and nothing else', async () => {
  const { schema, nodes } = await document(folder);
  expect(schema).toBe('letitcrash.observation/1');
  expect(nodes[0]).toMatchObject({ processes: { users: 1 }, tree: [{ name: 'node supervisor' }], modules: { release: '1.0' } });
});

test('a URL needs its token from a file, and a wrong token is reported as wrong', async () => {
  const { url, token } = controlOf();
  const file = join(folder, 'token');
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  expect((await document(url, '--token-file', file, '--limit', '1')).nodes[0]?.processes.listed).toHaveLength(1);
  writeFileSync(file, 'another');
  const refused = await letitcrash(['observe', url, '--token-file', file]);
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toContain('does not accept the token');
});

test.each([
  ['no token', ['http://127.0.0.1:1'], 2, 'there is no token\n  set LETITCRASH_CONTROL_TOKEN'],
  ['an empty token', ['http://127.0.0.1:1', '--token-file', '/dev/null'], 2, 'there is no token'],
  ['a folder without a run', ['/nowhere'], 2, '/nowhere/data/control.json: there is no such file or folder (ENOENT)'],
  ['a sort there is not', ['x', '--sort', 'age'], 2, 'mailbox, memory, reductions'],
])('%s is refused', async (_, args, code, message) => {
  const outcome = await played(['observe', ...args]);
  expect(outcome).toMatchObject({ code, stdout: '' });
  expect(outcome.stderr).toContain(message);
});

test('only this machine is asked, unless the node is declared as owned', async () => {
  const file = join(folder, 'token');
  writeFileSync(file, 'token');
  const refused = await played(['observe', 'http://192.0.2.1:1', '--token-file', file]);
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toContain('is not on this machine\n  --owned says');
});

test('a server that does not answer is reported as such', async () => {
  const file = join(folder, 'token');
  writeFileSync(file, 'token');
  const outcome = await played(['observe', 'http://127.0.0.1:1', '--token-file', file]);
  expect(outcome).toMatchObject({ code: 3, stdout: '' });
  expect(outcome.stderr).toContain('http://127.0.0.1:1: does not answer');
});

test('the control file is gone once the deployment has stopped', async () => {
  await client.bye();
  await deployment.stop();
  expect(() => statSync(join(folder, 'data', 'control.json'))).toThrow('ENOENT');
});

function controlOf(): { readonly url: string; readonly token: string } {
  const { token, nodes } = JSON.parse(readFileSync(join(folder, 'data', 'control.json'), 'utf8')) as {
    readonly token: string;
    readonly nodes: readonly { readonly url: string }[];
  };
  return { url: nodes[0]?.url ?? '', token };
}
