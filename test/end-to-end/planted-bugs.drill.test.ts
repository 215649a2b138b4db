/** Bugs that a messaging server may well have, each put in on purpose: a bundled scenario finds it within a minute of load, and passes without it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Result, resultSchema } from '../../harness/evidence/result/result.ts';
import { Command } from './command.ts';

/** However busy the machine is: what is asked of is seconds of load. */
const TAKES_AT_MOST_MS = 400_000;
const MINUTE_MS = 60_000;

type Property = 'lost' | 'duplicatesVisible' | 'presenceWrong';

/** Which bundled scenario finds which bug, and what it finds broken. */
const BUGS: readonly (readonly [mutant: string, scenario: string, property: Property])[] = [
  ['cursor-kept-per-user', 'devices', 'lost'],
  ['presence-outlives-its-node', 'devices', 'presenceWrong'],
  ['release-ignores-the-epoch', 'flaky-clients', 'lost'],
  ['dedup-window-of-64', 'flaky-clients', 'duplicatesVisible'],
  ['window-cleared-by-any-ack', 'flaky-clients', 'lost'],
];
const SCENARIOS = [...new Set(BUGS.map(([, scenario]) => scenario))];

let out = '';
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'letitcrash-bugs-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

/** Plays a bundled scenario as it is; a generator that is late on a busy machine does not make it invalid, since no time is read here. */
async function play(
  scenario: string,
  set: readonly string[] = [],
): Promise<{ readonly code: number | null; readonly result: Result }> {
  const sets = ['limits.lag=1m', ...set].flatMap((one) => ['--set', one]);
  const command = new Command(['run', scenario, '--json', '--seed', '11', '--out', join(out, 'run'), ...sets]);
  const code = await command.ended();
  if (command.stdout === '') throw new Error(`no document, exit ${code}: ${command.stderr}`);
  return { code, result: resultSchema.parse(JSON.parse(command.stdout)) };
}

describe('a planted bug', () => {
  it.each(BUGS)(
    '%s is found by %s: %s is broken',
    async (mutant, scenario, property) => {
      const { code, result } = await play(scenario, [`target.mutant=${mutant}`]);
      expect({ code, verdict: result.verdict }, result.reasons.join('; ')).toEqual({ code: 1, verdict: 'fail' });
      expect(result.delivery?.[property], result.reasons.join('; ')).toBeGreaterThan(0);
      expect(result.delivery?.evidence.map((one) => one.property)).toContain(property);
      expect(result.faults.every(({ verified }) => verified)).toBe(true);
    },
    TAKES_AT_MOST_MS,
  );
});

it(
  'three hundred bytes that each message leaves behind are found by leak, which finds none without them',
  async () => {
    const planted = await play('leak', ['target.planted.bytesPerMessage=300']);
    expect({ code: planted.code, verdict: planted.result.verdict }).toEqual({ code: 1, verdict: 'fail' });
    expect(planted.result.memory.leakPerMessage).toMatchObject({ leaking: true });
    expect(planted.result.reasons.join()).toContain('memory.leaking');
    const { memory, delivery } = (await play('leak')).result;
    expect([memory.leakPerMessage?.leaking, memory.leak?.leaking]).toEqual([false, false]);
    expect(delivery).toMatchObject({ lost: 0, drained: true });
  },
  TAKES_AT_MOST_MS,
);

describe.each(SCENARIOS)('the scenario %s', (scenario) => {
  it(
    'breaks no property of the sound server',
    async () => {
      const { result } = await play(scenario);
      expect(result.delivery).toMatchObject({ lost: 0, duplicatesVisible: 0, reordered: 0, drained: true, evidence: [] });
      expect(result.delivery?.acked).toBeGreaterThan(1_000);
      expect(result.faults.every(({ verified }) => verified)).toBe(true);
      if (scenario !== 'devices') return;
      expect(result.delivery).toMatchObject({ presenceWrong: 0, delivered: 2 * (result.delivery?.acked ?? 0) });
      expect(result.delivery?.presenceJudged).toBeGreaterThan(100);
    },
    TAKES_AT_MOST_MS,
  );

  it('takes at most a minute of load', async () => {
    const command = new Command(['run', scenario, '--dry-run', '--json']);
    expect(await command.ended(), command.stderr).toBe(0);
    const { load } = JSON.parse(command.stdout) as { readonly load: { readonly durationMs: number; readonly warmUpMs: number } };
    expect(load.durationMs + load.warmUpMs).toBeLessThanOrEqual(MINUTE_MS);
  });
});
