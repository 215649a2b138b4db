/** What `letitcrash export k6` writes: type-checked as k6's own types have it, without anything of Node. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportK6 } from '../../../../../harness/front/library/export.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letitcrash-k6-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('every bundled shape of load is a script that type-checks with @types/k6 alone', async () => {
  const scenarios = ['steady', 'burst', 'http', 'http-beside-messages', 'quickstart'];
  const written = await Promise.all(scenarios.map((name) => exportK6(name, { seed: 7, outFile: join(folder, `${name}.ts`) })));
  const types = dirname(createRequire(import.meta.url).resolve('@types/k6/package.json'));
  await symlink(dirname(dirname(types)), join(folder, 'node_modules'));
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2022'],
    module: 'esnext',
    moduleResolution: 'bundler',
    types: ['k6'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
  };
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const complaint = await promisify(execFile)(process.execPath, [compiler, '-p', folder]).then(
    () => null,
    ({ message, stdout }: { message: string; stdout: string }) => `${message}\n${stdout}`,
  );
  expect(complaint).toBeNull();
  const [steady, , http, beside, quickstart] = written;
  for (const { text } of written) expect(text).not.toMatch(/from '\.|node:|\bBuffer\./);
  expect(steady?.leftOut).toEqual([expect.stringMatching(/^churn/), expect.stringMatching(/^delivery: k6 keeps no ledger/)]);
  expect(steady?.text).toContain(' * - churn');
  expect(http?.leftOut).toEqual([expect.stringMatching(/^warmUp/)]);
  expect(beside?.leftOut.join()).toContain('the requests beside the messages');
  expect(quickstart?.leftOut.join()).toContain('k6 breaks nothing');
});

test('a scenario whose name or summary ends a comment does not end the comment of the script', async () => {
  const { text } = await exportK6(
    { name: 'x', summary: '*/ throw new Error("out"); /*\n*/', users: 2, load: { rate: '10/s', duration: '1s' } },
    { seed: 1 },
  );
  expect(text.slice(0, text.indexOf('\nimport ')).match(/\*\//g)).toHaveLength(1);
});
