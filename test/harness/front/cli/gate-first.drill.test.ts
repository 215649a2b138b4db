/** The change that brings a server: the gate has nothing to compare it with, and plays it alone. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeProject, type Project } from '../../studies/gate/project.ts';
import { letitcrash } from './command-line.ts';

let project: Project;
beforeEach(async () => {
  project = await makeProject();
});
afterEach(() => project.remove());

const TARGET = `import { commandTarget } from ${JSON.stringify(fileURLToPath(new URL('../../../../targets/public.ts', import.meta.url)))};
import { fileURLToPath } from 'node:url';
export const target = commandTarget({
  name: 'chat', summary: 'a chat', driver: './driver.mts', durabilities: ['memory'],
  command: ({ host, port }) => ({ args: [${JSON.stringify(fileURLToPath(new URL('../../../example/chat-server.ts', import.meta.url)))}], env: { HOST: host, PORT: String(port) } }),
});
`;
const DRIVER = `import { webSocketDriver } from ${JSON.stringify(fileURLToPath(new URL('../../../../harness/front/library/driver.ts', import.meta.url)))};
export const driver = webSocketDriver({
  name: 'chat',
  request: ({ credential }) => '/?name=' + encodeURIComponent(credential.user),
  send: (id, to, payload) => JSON.stringify({ id, to, text: payload.toString('base64') }),
  receive(frame, heard) {
    const { type, id, from, text } = JSON.parse(frame.toString());
    if (type === 'sent') heard.acked(id);
    if (type === 'message') heard.delivered({ seq: null, id, from, payload: Buffer.from(text, 'base64') });
  },
});
`;

test('a gate without a baseline is open: 0, 4 with --strict, and 1 if a limit is missed; the reports say why nothing was compared', async () => {
  await project.write('readme', '');
  project.git('add', '--all');
  project.git('commit', '--quiet', '--message', 'before');
  await project.write('letitcrash/target.mts', TARGET);
  await project.write('letitcrash/driver.mts', DRIVER);
  await project.write(
    'letitcrash/load.yaml',
    `name: small
target: { use: ./target.mts, durability: memory }
users: 10
load: { model: constant, rate: 50/s, duration: 1s, workers: 1 }
expect: { delivery: intact }
limits: { lag: 20s }
`,
  );
  await project.write('letitcrash/policy.yaml', 'scenario: ./load.yaml\n');
  await project.write('strict.yaml', 'scenario: ./letitcrash/load.yaml\nslo: { delivery.acked: "> 1000000" }\n');
  const gate = (out: string, ...more: string[]) =>
    letitcrash(['gate', '--baseline', 'HEAD', '--out', out, ...more], {
      cwd: project.folder,
      env: { XDG_CACHE_HOME: join(project.folder, '..', 'xdg') },
    });
  const plain = await gate('first');
  expect(plain.code, plain.stdout + plain.stderr).toBe(0);
  expect(plain.stdout).toMatch(/^gate: there is no baseline yet: git \w{12} \(HEAD\) has no letitcrash\/target\.mts\. /m);
  const summary = readFileSync(join(project.folder, 'first/summary.md'), 'utf8');
  expect(summary).toMatch(/^\*\*Gate: there is no baseline yet: /);
  for (const name of ['report.html', 'junit.xml', 'result.json'])
    expect(existsSync(join(project.folder, 'first', name))).toBe(true);
  expect((await gate('strict', '--strict')).code).toBe(4);
  const missed = await gate('missed', '--policy', 'strict.yaml');
  expect(missed.code, missed.stderr).toBe(1);
}, 120_000);
