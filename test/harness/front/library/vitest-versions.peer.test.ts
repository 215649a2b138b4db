/** The documented drill with the oldest Vitest that is supported and with the newest there is: its types, and its time, which is Vitest's no longer. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../../../package.json' with { type: 'json' };
import { CHECKOUT, command, isRegistryMissing, LIMIT_MS, pack, succeeds } from './packed-package.ts';

const OLDEST = packageJson.peerDependencies.vitest.replace('>=', '');
const isSkipped = await isRegistryMissing();

/** As harness/front/library/README.md has it, but for limits that a busy machine would break. */
function documentedDrill(): string {
  const blocks = [...readFileSync(join(CHECKOUT, 'harness/front/library/README.md'), 'utf8').matchAll(/^```ts\n(.*?)^```/gms)];
  const example = blocks.map(([, code = '']) => code).find((code) => code.includes('arenaTest(')) ?? '';
  return example.replace("for: '500ms' })", "for: '500ms' }, { set: ['limits.lag=20s'] })").replace("'5s'", "'60s'");
}

const TYPES = `import { expect } from 'vitest';
import type {} from 'letitcrash/vitest';

export async function typed(outcome: unknown): Promise<void> {
  expect(outcome).toLoseNoMessages();
  expect(outcome).not.toMeet({ errors: '< 1%' });
  await expect(Promise.resolve(outcome)).resolves.toRecoverWithin('5s');
  expect(outcome).toBeNoSlower('p99', { margin: '5%' });
  // @ts-expect-error: a limit is text.
  expect(outcome).toUseAtMostPerConnection(5);
  // @ts-expect-error: there is none of this name.
  expect(outcome).toLoseSomeMessages();
}
`;
const COMPILER = { target: 'es2024', module: 'nodenext', types: ['node'], strict: true, noEmit: true };

describe.skipIf(isSkipped).each([
  ['the oldest', OLDEST],
  ['the newest', 'latest'],
])('%s Vitest, %s', (_name, version) => {
  let folder: string;
  let project: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'letitcrash-vitest-'));
    project = join(folder, 'project');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER, include: ['*.ts'] }));
    writeFileSync(join(project, 'drill.test.ts'), documentedDrill());
    writeFileSync(join(project, 'types.ts'), TYPES);
    const { typescript } = packageJson.devDependencies;
    const packages = [await pack(folder), `vitest@${version}`, `typescript@${typescript}`, '@types/node@26'];
    await succeeds('npm', ['install', '--save-dev', '--no-audit', '--no-fund', ...packages], project);
  }, LIMIT_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test(
    'has types that agree with ours, ours included, under strict',
    async () => {
      const { text } = await command('node_modules/.bin/tsc', [], project);
      // Old ones have mistakes of their own.
      expect(text.split('\n').filter((line) => /^(drill|types|node_modules\/letitcrash)/.test(line))).toEqual([]);
      expect(await succeeds('node_modules/.bin/tsc', ['--skipLibCheck'], project)).toBe('');
    },
    LIMIT_MS,
  );

  test(
    'lets the documented drill take the time that it takes, without a configuration',
    async () => {
      const { code, text } = await command('npx', ['vitest', 'run'], project);
      expect(text).not.toMatch(/timed out/i);
      expect(code, text).toBe(0);
    },
    LIMIT_MS,
  );

  test(
    'keeps to a longer limit of the configuration, and to what a test says itself',
    async () => {
      writeFileSync(
        join(project, 'limits.test.ts'),
        `import { arenaTest } from 'letitcrash/vitest';
import { expect, test as plain } from 'vitest';
plain('before', ({ task }) => expect(task.timeout).toBe(Number(process.env.BEFORE)));
const test = arenaTest({ use: 'reference' });
test('after', ({ task }) => expect(task.timeout).toBe(Number(process.env.AFTER)));
test('own', { timeout: 1234 }, ({ task }) => expect(task.timeout).toBe(1234));
`,
      );
      for (const [args, env] of [
        [[], { BEFORE: '5000', AFTER: '120000' }],
        [['--testTimeout', '600000'], { BEFORE: '600000', AFTER: '600000' }],
        [['--testTimeout', '0'], { BEFORE: '0', AFTER: '0' }],
      ] as const)
        expect(await succeeds('npx', ['vitest', 'run', 'limits.test.ts', ...args], project, env)).toMatch(/3 passed/);
    },
    LIMIT_MS,
  );
});
