import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultSchema } from '../../harness/evidence/result/result.ts';
import { until } from '../until.ts';
import { Command, commandLine, isAlive, isRefused, listeningAddresses } from './command.ts';

let out = '';
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'letitcrash-e2e-'));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

/** A short run of the reference server, loaded and about to be disturbed. */
async function loaded(args: readonly string[]): Promise<Command> {
  const command = new Command(['run', 'smoke', '--out', join(out, 'run'), ...args], {}, true);
  await until(() => /Loading/.test(command.stderr) || !isAlive(command.child.pid as number), 'the load begins');
  return command;
}

describe('a run with an overloaded generator', () => {
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
      await until(() => /^load .*[1-9]\d*\/s acknowledged/m.test(command.stderr), 'something was acknowledged');
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

  it('ends at once when interrupted again, keeps nothing, and leaves nothing behind all the same', async () => {
    const command = await loaded(['--set', 'load.duration=60s']);
    const pids = command.descendants();
    const node = pids.find((pid) => commandLine(pid).includes('reference/main.')) as number;
    process.kill(node, 'SIGSTOP');
    // A server that does not answer: the drain has something to wait for. What is unread in its sockets may be receipts alone.
    await until(() => /^load .* 0\/s acknowledged, .*\b[1-9][\d,]* outstanding/m.test(command.stderr), 'messages wait for it');
    command.child.kill('SIGINT');
    await until(() => command.stderr.includes('interrupted by SIGINT'), 'it said that it ends');
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
    await until(() => !pids.some(isAlive), 'every process of the run is gone');
    for (const port of ports) expect(await isRefused(port), JSON.stringify(port)).toBe(true);
  });
});
