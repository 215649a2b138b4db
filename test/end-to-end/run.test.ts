import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultSchema } from '../../harness/evidence/result/result.ts';
import { Command } from './command.ts';

let out = '';
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'letitcrash-e2e-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));
describe('letitcrash run', () => {
  it('plays smoke to a pass, and its --json document has every promised field, as result.json has', async () => {
    // On a busy machine the generator is late, which is no fault of anybody.
    const patient = ['--set', 'limits.lag=5s', '--set', 'expect.response.p50=< 5s'];
    const command = new Command(['run', 'smoke', '--json', '--seed', '7', '--out', join(out, 'run'), ...patient]);
    expect(await command.ended(), command.stderr).toBe(0);
    const result = resultSchema.parse(JSON.parse(command.stdout));
    expect(JSON.parse(command.stdout)).toEqual(JSON.parse(readFileSync(join(out, 'run', 'result.json'), 'utf8')));
    expect(result).toMatchObject({ verdict: 'pass', seed: 7, load: { valid: true, loop: 'open' } });
    expect(result.delivery).toMatchObject({ lost: 0, misdelivered: 0, drained: true });
    expect(result.delivery?.delivered).toBe(result.delivery?.expected);
    expect(result.delivery?.acked).toBeGreaterThan(500);
    expect(result.latency.response?.count).toBeGreaterThan(500);
    expect(result.memory.perConnection?.bytes).toBeGreaterThan(0);
    for (const file of [
      'result.json',
      'report.html',
      'summary.md',
      'junit.xml',
      'latency.hlog',
      'timeline.ndjson',
      'schedule.json',
      'logs',
    ]) {
      expect(existsSync(join(out, 'run', file)), file).toBe(true);
    }
    expect(readdirSync(join(out, 'run'))).not.toContain('data');
    const slots = readFileSync(join(out, 'run', 'timeline.ndjson'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(slots.map((line) => JSON.parse(line) as { atMs: number }).map(({ atMs }) => atMs)).toEqual(
      slots.map((_, slot) => slot * 100),
    );
  });

  it('accounts for every message across kills of user processes and of the node', async () => {
    const scenario = join(out, 'crash.yaml');
    writeFileSync(
      scenario,
      `# Both faults, small.
name: crash
users: 300
load: { model: poisson, rate: 300/s, offline: 10%, away: 1s, duration: 5s, connect: 1000/s }
faults:
  - { at: 1s, kind: kill-process, count: 20 }
  - { at: 2s, kind: kill-node, for: 300ms }
limits: { lag: 5s, drain: 60s }
`,
    );
    const command = new Command(['run', scenario, '--json', '--out', join(out, 'run')]);
    expect(await command.ended(), command.stderr).toBe(0);
    const result = resultSchema.parse(JSON.parse(command.stdout));
    expect(result.faults.map(({ kind, verified }) => ({ kind, verified }))).toEqual([
      { kind: 'kill-process', verified: true },
      { kind: 'kill-node', verified: true },
    ]);
    expect(result.delivery).toMatchObject({
      lost: 0,
      duplicatesVisible: 0,
      reordered: 0,
      phantom: 0,
      misdelivered: 0,
      corrupted: 0,
    });
    expect(result.recovery).toHaveLength(2);
    for (const clock of result.recovery) expect(clock.reconnected99Ms).toBeGreaterThan(0);
    expect(result.load.reconnects).toBeGreaterThan(200);
  });

  it('is ended early by its own abort condition: faults are undone at once, everybody is brought back, exit 1', async () => {
    const scenario = join(out, 'abort.yaml');
    writeFileSync(
      scenario,
      `# A node that is dead for too long.
name: abort
users: 100
load: { model: poisson, rate: 100/s, duration: 60s, connect: 1000/s }
abort: error.rate > 50% for 2s
faults:
  - { at: 1s, kind: kill-node, for: 50s }
  - { at: 55s, kind: kill-process }
limits: { lag: 5s, drain: 60s }
`,
    );
    const command = new Command(['run', scenario, '--json', '--out', join(out, 'run')]);
    expect(await command.ended(), command.stderr).toBe(1);
    const result = resultSchema.parse(JSON.parse(command.stdout));
    expect(result).toMatchObject({ verdict: 'fail', aborted: { condition: 'error.rate > 50% for 2s', unit: 'share' } });
    expect(result.aborted?.actual).toBeGreaterThan(0.5);
    expect(result.reasons[0]).toMatch(/^aborted at .* s: error\.rate > 50% for 2s; it was/);
    const [killed, skipped] = result.faults;
    expect(killed).toMatchObject({ verified: true });
    expect((killed?.healedAtMs ?? Number.NaN) - (killed?.injectedAtMs ?? 0)).toBeLessThan(50_000);
    // What was never done proves nothing, and is held against nobody.
    expect(skipped).toMatchObject({ injectedAtMs: null, verified: false });
    expect(result.delivery).toMatchObject({ lost: 0, drained: true });
  });
});

describe('a scenario that cannot be played', () => {
  it('is refused before anything starts, with place, value and remedy', async () => {
    const scenario = join(out, 'bad.yaml');
    writeFileSync(
      scenario,
      'name: bad\nusers: 10\nload: { model: constant, rate: 10 parsecs, duration: 1s }\ntarget: { use: nowhere }\n',
    );
    const command = new Command(['run', scenario, '--out', join(out, 'run')]);
    expect(await command.ended()).toBe(2);
    expect(command.stderr).toContain('bad.yaml:3:');
    expect(command.stderr).toContain('10 parsecs');
    expect(command.stderr).toContain('nowhere');
    expect(existsSync(join(out, 'run'))).toBe(false);
  });
});
