/** Whole gates on real processes: two sides with their own targets, taking turns. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, type TestContext, test } from 'vitest';
import { comparisonSchema } from '../../../../harness/evidence/result/comparison.ts';
import { exampleResult } from '../../../reports/example-result.ts';
import { makeProject, type Project } from '../../studies/gate/project.ts';
import { LAUNCHER, letitcrash, type Outcome } from './command-line.ts';

const CALIBRATED = new URL('../../../../targets/calibrated/target.ts', import.meta.url).href;
const TIMEOUT_MS = 240_000;

let project: Project;
beforeEach(async () => {
  project = await makeProject();
  await project.write('package.json', '{ "type": "module" }');
  await project.write(
    'load.yaml',
    'name: small\ntarget: { use: calibrated, durability: memory }\nusers: 20\nload: { model: constant, rate: 100/s, duration: 1s }\nlimits: { lag: 10s }\n',
  );
  // Three blocks are few. A server that is fifty times slower is told from the other in any weather.
  await project.write('policy.yaml', 'scenario: ./load.yaml\nmetrics: { response.p50: 200% }\nalpha: 20%\nblocks: 3\n');
  await project.write('targets/index.ts', targets(4));
  project.git('add', '--all');
  project.git('commit', '--quiet', '--message', 'as it was');
});
afterEach(() => project.remove());

/** The calibrated server as a project's own, so many milliseconds slow. */
function targets(delayMs: number): string {
  return `import { calibrated } from ${JSON.stringify(CALIBRATED)};
export const targets = [
  { ...calibrated, start: (spec: any) => calibrated.start({ ...spec, config: { ...spec.config, delayMs: ${delayMs} } }) },
];\n`;
}

const words = (...more: readonly string[]): string[] => ['gate', '--policy', 'policy.yaml', ...more];
const options = (env = {}) => ({ cwd: project.folder, env: { XDG_CACHE_HOME: project.cache, ...env }, timeoutMs: TIMEOUT_MS });
const gate = (more: readonly string[], env = {}): Promise<Outcome> => letitcrash(words(...more), options(env));
const written = (name: string): Promise<string> => readFile(join(project.folder, 'out', name), 'utf8');

/** A machine that its neighbours keep busy has no valid blocks: the gate says so, rightly, and there is no more to see. */
function skipWhereBusy(context: TestContext, { code, stderr }: Outcome): void {
  if (code === 5) context.skip(`the machine was too busy: ${stderr}`);
}

describe('a gate', () => {
  test('fails a change that makes the server slower, and tells CI in every format', async (context) => {
    await project.write('targets/index.ts', targets(200));
    const summary = join(project.folder, 'step-summary.md');
    // The command line's number of blocks goes before the policy's.
    const policy = await readFile(join(project.folder, 'policy.yaml'), 'utf8');
    await project.write('long.yaml', policy.replace('blocks: 3', 'blocks: 40'));
    const outcome = await gate(['--baseline', 'main', '--policy', 'long.yaml', '--blocks', '3', '--out', 'out', '--json'], {
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: summary,
    });
    skipWhereBusy(context, outcome);
    const { code, stdout, stderr } = outcome;
    expect({ code, stderr }).toMatchObject({ code: 1 });
    const comparison = comparisonSchema.parse(JSON.parse(stdout));
    expect(comparison).toMatchObject({ verdict: 'regressed', valid: true, b: { label: 'candidate (.)', source: 'folder .' } });
    expect(comparison.plannedLooks.at(-1)?.blocks).toBe(3);
    expect(comparison.reproduce).toContain('--blocks 3 ');
    expect(comparison.a.source).toMatch(/^git [0-9a-f]{12} \(main\)$/);
    expect(comparison.metrics[0]?.b).toBeGreaterThan(190_000);
    expect(stderr).toMatch(/^build {3}checking out main \([0-9a-f]{12}\)$/m);
    expect(stderr).toMatch(/^::error title=letitcrash%3A response\.p50 regressed::/m);
    expect(JSON.parse(await written('comparison.json'))).toEqual(comparison);
    expect(await written('junit.xml')).toMatch(/<failure message="response\.p50: /);
    expect(await written('summary.md')).toMatch(/^## Regressed: baseline \(main\) against candidate \(\.\)\n\n\| metric \|/);
    expect(await readFile(summary, 'utf8')).toBe(`${await written('summary.md')}\n`);
    expect(project.git('status', '--porcelain', '--untracked-files=no')).toBe('M targets/index.ts');
  });

  test('passes a change of a comment, holds the candidate to the limits of its policy, and is never continued', async (context) => {
    await project.write('targets/index.ts', `// Better said.\n${targets(4)}`);
    const policy = await readFile(join(project.folder, 'policy.yaml'), 'utf8');
    await project.write('policy.yaml', `${policy}slo: { response.p50: < 1h, errors: < 50% }\n`);
    const outcome = await gate(['--baseline', 'main', '--out', 'out']);
    skipWhereBusy(context, outcome);
    expect(outcome).toMatchObject({ code: 0 });
    const comparison = comparisonSchema.parse(JSON.parse(await written('comparison.json')));
    expect(comparison.checks.map(({ name, pass }) => [name, pass])).toEqual([
      ['response.p50 < 1h', true],
      ['errors < 50%', true],
    ]);
    const again = await gate(['--baseline', 'main', '--out', 'out']);
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toContain('--out out: holds an earlier comparison');
  });

  test('that is interrupted leaves no process behind', async () => {
    const child = spawn(process.execPath, [LAUNCHER, ...words('--baseline', 'main', '--out', 'out')], {
      cwd: project.folder,
      env: { ...process.env, XDG_CACHE_HOME: project.cache },
      stdio: 'ignore',
    });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    // The first run has begun when its folder is there.
    await expect.poll(() => existsSync(join(project.folder, 'out', 'runs')), { timeout: 60_000 }).toBe(true);
    await expect.poll(async () => (await processesIn(project.folder)).length, { timeout: 60_000 }).toBeGreaterThan(1);
    child.kill('SIGINT');
    expect(await gone).toBe(130);
    await expect.poll(() => processesIn(project.folder), { timeout: 60_000 }).toEqual([]);
  });
});

describe('before anything is built, a gate refuses with exit 2', () => {
  test('limits for another kind of machine', async () => {
    await project.write('policy.yaml', 'machine: Plan9 4 mips; 1 x Abacus; 1 GiB\nslo: { response.p99: < 50ms }\n');
    const { code, stderr } = await gate(['--baseline', 'main'], { GITHUB_ACTIONS: 'true' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/processor: 1 x Abacus is the policy's machine, .* made the figures/);
    expect(stderr).not.toContain('build');
  });

  test('the figures of an earlier run as a baseline', async () => {
    const result = exampleResult();
    await project.write('old/result.json', JSON.stringify({ ...result, environment: { ...result.environment, cpu: 'Abacus' } }));
    const { code, stderr } = await gate(['--baseline', 'old']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot be a baseline\n.*another machine:.*processor: \d+ x Abacus there/s);
  });

  test('a revision that does not exist, and a file that is not a scenario', async () => {
    expect(await gate(['--baseline', 'no-such-branch'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no-such-branch: is neither a folder nor a revision'),
    });
    expect(await gate(['--baseline', 'main', '--scenario', 'no-such'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is not a bundled scenario'),
    });
  });
});

/** Pids of the processes whose working directory is this folder, whoever started them. */
async function processesIn(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const places = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => null)));
  return pids.filter((_, index) => places[index] === folder);
}
