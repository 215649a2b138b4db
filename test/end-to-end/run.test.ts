import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultSchema } from '../../harness/evidence/result/result.ts';
import { Command, commandLine, isAlive, isRefused, isUnread, listeningAddresses, until } from './command.ts';

let out = '';
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'letitcrash-e2e-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

/** A short run of the reference server, loaded and about to be disturbed. */
async function loaded(args: readonly string[]): Promise<Command> {
  const command = new Command(['run', 'smoke', '--out', join(out, 'run'), ...args], {}, true);
  await until('the load begins', () => /Loading/.test(command.stderr) || !isAlive(command.child.pid as number));
  return command;
}

describe('letitcrash run', () => {
  it('plays smoke to a pass, and its --json document has every field of the contract', async () => {
    const command = new Command(['run', 'smoke', '--json', '--seed', '7', '--out', join(out, 'run')]);
    expect(await command.ended(), command.stderr).toBe(0);
    const result = resultSchema.parse(JSON.parse(command.stdout));
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

  it('says the same on stdout as result.json does', async () => {
    const command = new Command(['run', 'smoke', '--json', '--out', join(out, 'run'), '--set', 'load.duration=1s']);
    await command.ended();
    expect(JSON.parse(command.stdout)).toEqual(JSON.parse(readFileSync(join(out, 'run', 'result.json'), 'utf8')));
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
limits: { lag: 1s, drain: 60s }
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

  it('is ended before its time by its own abort condition: faults undone at once, everybody brought back, exit 1', async () => {
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

  it('is invalid with exit 5, and gives no latency, when the generator cannot keep up', async () => {
    const command = await loaded(['--json', '--set', 'load.duration=4s']);
    const worker = command.descendants().find((pid) => commandLine(pid).includes('load/worker.'));
    expect(worker).toBeDefined();
    process.kill(worker as number, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    process.kill(worker as number, 'SIGCONT');
    expect(await command.ended(), command.stderr).toBe(5);
    const result = resultSchema.parse(JSON.parse(command.stdout));
    expect(result).toMatchObject({
      verdict: 'invalid',
      load: { valid: false },
      latency: { response: null, service: null, delivery: null },
    });
    expect(result.reasons[0]).toContain('could not keep up');
    expect(result.timeline.p99Us.every((value) => value === null)).toBe(true);
    const slots = readFileSync(join(out, 'run', 'timeline.ndjson'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(slots.map((line) => (JSON.parse(line) as { p99Us: number | null }).p99Us).every((value) => value === null)).toBe(true);
    expect(readFileSync(join(out, 'run', 'latency.hlog'), 'utf8')).not.toMatch(/Tag=(response|service)/);
  });
});

describe('an interrupted run', () => {
  it.each(['SIGINT', 'SIGHUP'] as const)(
    'ends early on %s to its whole process group with exit 130, keeps what it measured, and leaves no process and no port behind',
    async (signal) => {
      const command = await loaded(['--json', '--set', 'load.duration=60s', '--set', 'limits.lag=5s']);
      const pids = command.descendants();
      const ports = listeningAddresses(pids);
      expect(pids.length).toBeGreaterThanOrEqual(2);
      expect(ports.length).toBeGreaterThanOrEqual(1);
      await until('something was acknowledged', () => /^load .*[1-9]\d*\/s acknowledged/m.test(command.stderr));
      command.signalGroup(signal);
      expect(await command.ended(), command.stderr).toBe(130);
      const result = resultSchema.parse(JSON.parse(command.stdout));
      expect(result).toEqual(JSON.parse(readFileSync(join(out, 'run', 'result.json'), 'utf8')));
      expect(result).toMatchObject({ verdict: 'unknown', interrupted: { by: signal, phase: 'load', plannedMs: 60_000 } });
      expect(result.interrupted?.atMs).toBeLessThan(60_000);
      // The servers did not hear the signal: nobody lost a connection, and everything arrived.
      expect(result.load.sessionsEnded).toEqual([]);
      expect(result.delivery).toMatchObject({ lost: 0, drained: true });
      expect(result.delivery?.acked).toBeGreaterThan(0);
      for (const file of ['report.html', 'summary.md', 'junit.xml'])
        expect(readFileSync(join(out, 'run', file), 'utf8')).toMatch(new RegExp(`interrupted by ${signal} after`, 'i'));
      expect(pids.filter(isAlive)).toEqual([]);
      for (const port of ports) expect(await isRefused(port), JSON.stringify(port)).toBe(true);
      for (const scratch of ['data', 'observations', 'journal.ndjson'])
        expect(existsSync(join(out, 'run', scratch)), scratch).toBe(false);
    },
  );

  it('ends at once when it is asked again, keeps nothing, and leaves nothing behind all the same', async () => {
    const command = await loaded(['--set', 'load.duration=60s']);
    const pids = command.descendants();
    const node = pids.find((pid) => commandLine(pid).includes('reference/main.')) as number;
    // A server that does not answer: the drain has something to wait for.
    const ports = listeningAddresses([node]);
    process.kill(node, 'SIGSTOP');
    await until('a message waits for it', () => isUnread(ports));
    command.child.kill('SIGINT');
    await until('it said that it ends', () => command.stderr.includes('interrupted by SIGINT'));
    // What comes within half a second is the same Ctrl-C, passed on.
    await new Promise((resolve) => setTimeout(resolve, 600));
    command.child.kill('SIGINT');
    expect(await command.ended(), command.stderr).toBe(130);
    expect(command.stderr).toContain('interrupted again');
    expect(pids.filter(isAlive)).toEqual([]);
    for (const left of ['result.json', 'data', 'observations', 'journal.ndjson'])
      expect(existsSync(join(out, 'run', left)), left).toBe(false);
  });

  it('leaves no process and no port behind even when it is killed', async () => {
    const command = await loaded(['--set', 'load.duration=60s']);
    const pids = command.descendants();
    const ports = listeningAddresses(pids);
    command.child.kill('SIGKILL');
    await command.ended();
    await until('every process of the run is gone', () => !pids.some(isAlive));
    for (const port of ports) expect(await isRefused(port), JSON.stringify(port)).toBe(true);
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
