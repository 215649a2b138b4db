/** `letitcrash gate --run`, as a CI job would start it. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { thisMachine } from '../../../../harness/evidence/measure/environment.ts';
import { machineFingerprint } from '../../../../harness/evidence/measure/fingerprint.ts';
import type { Result } from '../../../../harness/evidence/result/result.ts';
import { exampleResult } from '../../../reports/example-result.ts';
import { letitcrash, type Outcome } from './command-line.ts';

const here: Result = { ...exampleResult(), environment: { ...exampleResult().environment, ...thisMachine() } };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letitcrash-gate-run-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function gate(result: Result, policy: string, args: readonly string[] = [], env = {}): Promise<Outcome> {
  const run = join(folder, 'run');
  await mkdir(run, { recursive: true });
  await writeFile(join(run, 'result.json'), JSON.stringify(result));
  await writeFile(join(folder, 'policy.yaml'), policy);
  return letitcrash(['gate', '--run', run, '--policy', join(folder, 'policy.yaml'), ...args], { env });
}

describe('a finished run that is gated', () => {
  test('passes with limits that it keeps, and leaves its own files untouched', async () => {
    const before = JSON.stringify(here);
    const { code, stdout } = await gate(here, 'slo: { response.p99: < 10s, delivery.lost: = 0 }');
    expect(code).toBe(0);
    expect(stdout).toContain('PASS');
    expect(await readFile(join(folder, 'run', 'result.json'), 'utf8')).toBe(before);
    expect(await readFile(join(folder, 'run', 'gate', 'summary.md'), 'utf8')).toContain('| ✅ | response.p99 &lt; 10s |');
  });

  test('fails for a limit that it misses, in its exit code, its JUnit, its annotations and the job summary', async () => {
    const summary = join(folder, 'step-summary.md');
    await writeFile(summary, 'earlier\n');
    const out = join(folder, 'out');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    const { code, stdout } = await gate(here, 'slo: { response.p99: < 1ms }', ['--out', out], env);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^::error title=letitcrash%3A response\.p99 < 1ms::measured .*, limit 1\.00 ms$/m);
    expect(await readFile(join(out, 'junit.xml'), 'utf8')).toMatch(/<failure message="response\.p99 &lt; 1ms: measured/);
    expect(await readFile(summary, 'utf8')).toMatch(/^earlier\n## Fail: quickstart\n\n\|/);
    expect(existsSync(join(folder, 'run', 'gate'))).toBe(false);
  });

  test('prints only the document on stdout with --json, and annotations and everything else on stderr', async () => {
    const { code, stdout, stderr } = await gate(here, 'slo: { response.p99: < 1ms }', ['--json'], { GITHUB_ACTIONS: 'true' });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'letitcrash.result/1', verdict: 'fail' });
    expect(stderr).toContain('::error');
  });

  test('prints no annotations outside GitHub', async () => {
    const { stdout, stderr } = await gate(here, 'slo: { response.p99: < 1ms }', [], { GITHUB_ACTIONS: '' });
    expect(stdout + stderr).not.toContain('::error');
  });
});

describe('a gate refuses with exit 2', () => {
  const elsewhere = { ...here, environment: { ...here.environment, cpu: 'Another CPU' } };

  test('absolute limits for figures from another machine, and says what differs; shares and counts apply there too', async () => {
    const refused = await gate(elsewhere, 'slo: { response.p99: < 10s, errors: < 50% }');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(/response\.p99 < 10s\n.*processor: .* is this machine, \d+ x Another CPU made the figures/);
    expect((await gate(elsewhere, 'slo: { errors: < 50%, delivery.lost: = 0 }')).code).toBe(0);
  });

  test('figures of this machine if the policy is for another, unless figures of that machine are given', async () => {
    const machine = JSON.stringify(machineFingerprint(elsewhere.environment));
    const policy = `machine: ${machine}\nslo: { response.p99: < 10s }`;
    expect((await gate(here, policy)).stderr).toContain("is the policy's machine");
    expect((await gate(elsewhere, policy)).code).toBe(0);
  });

  test('absolute limits for figures of an unknown machine, which it does not call another machine', async () => {
    const unknown = { os: 'unknown', arch: 'unknown', cpu: 'unknown', cores: null, memoryBytes: null };
    const nowhere: Result = { ...here, environment: { ...here.environment, ...unknown } };
    const refused = await gate(nowhere, 'slo: { response.p99: < 10s }');
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it is not known on which these figures were made'),
    });
    expect((await gate(nowhere, 'slo: { errors: < 50% }')).code).toBe(0);
  });

  test('figures of a profiled run', async () => {
    const refused = await gate({ ...here, profiledWith: 'heap' }, 'slo: { response.p99: < 10s }');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('the run was profiled (heap)');
  });

  test.each([
    ['metrics: { response.p99: 5% }', 'sets no limits'],
    ['slo: { response.p99: 50ms }', 'is not a condition'],
    ['slo: {{', 'not valid YAML'],
  ])('the policy %s', async (policy, part) => {
    const { code, stderr } = await gate(here, policy, [], { GITHUB_ACTIONS: 'true' });
    expect(code).toBe(2);
    expect(stderr).toContain(part);
  });

  test.each([
    [[], 'no baseline was given'],
    [['--run', 'runs/x', '--baseline', 'main', '--strict'], 'so --baseline, --strict cannot be used'],
    [['--run', 'runs/x', '--blocks', '48'], 'so --blocks cannot be used'],
    [['--baseline', 'main', '--blocks', '51'], 'It is a whole number from 1 to 50.'],
    [['--run', 'no-such-run', '--policy', 'no-such-policy.yaml'], 'no-such-policy.yaml: does not exist'],
    [['--run', 'no-such-run'], 'sets no limits'],
  ])('%j', async (args, part) => {
    const { code, stderr } = await letitcrash(['gate', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(part);
  });
});
