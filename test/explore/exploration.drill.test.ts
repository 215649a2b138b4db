/** Exploration on real processes, from the command line: it finds, reduces, writes down and replays, and leaves nothing behind. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ExplorationResult, explorationSchema, replaySchema } from '../../harness/evidence/result/exploration.ts';
import { Command, isAlive } from '../end-to-end/command.ts';
import { until } from '../until.ts';

const TAKES_AT_MOST_MS = 600_000;
/** A second of load, and quiet enough for any machine. */
const SHORT = ['--set', 'load.duration=1s', '--set', 'load.rate=100/s', '--set', 'users=30'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-explore-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function explore(args: readonly string[]): Promise<{ readonly code: number | null; readonly result: ExplorationResult }> {
  const command = new Command(['explore', ...SHORT, '--json', '--out', folder, ...args]);
  const code = await command.ended();
  if (command.stdout === '') throw new Error(`no document, exit ${code}: ${command.stderr}`);
  return { code, result: explorationSchema.parse(JSON.parse(command.stdout)) };
}

describe('letitcrash explore', () => {
  it(
    'finds that a killed node forgets what it had promised, drops the faults that do no harm, and the scenario file shows it again',
    async () => {
      const { code, result } = await explore([
        ...['--target', 'calibrated', '--faults', 'kill-node,kill-process', '--schedules', '60', '--times', '2', '--seed', '5'],
        '--no-arena',
      ]);
      expect(code).toBe(1);
      expect(result.ending).toBe('found');
      const [finding] = result.found;
      if (finding === undefined) throw new Error('nothing was found');
      expect(finding.property).toBe('lost');
      expect(finding.minimal.map(({ kind }) => kind)).toEqual(['kill-node']);
      expect(finding.schedule.length).toBeGreaterThanOrEqual(1);
      expect(finding.reproduction.failures).toBe(2);
      expect(finding.evidence.join()).toContain('was acknowledged');
      expect(existsSync(join(folder, 'data'))).toBe(false);
      expect(JSON.parse(readFileSync(join(folder, 'exploration.json'), 'utf8'))).toEqual(result);

      const file = join(folder, finding.scenario);
      const again = join(folder, 'again');
      const replay = new Command(['replay', file, '--times', '1', '--json', '--no-arena', '--out', again]);
      expect(await replay.ended()).toBe(1);
      const { reproduction, broken, seed } = replaySchema.parse(JSON.parse(replay.stdout));
      expect(reproduction).toMatchObject({ runs: 1, failures: 1 });
      // A server that forgets what it promised may also accept, and show, a repeat of it: then duplicatesVisible is broken as well.
      expect(broken).toMatchObject({ lost: 1 });
      expect(seed).toBe(finding.seed);
      expect(JSON.parse(readFileSync(join(again, 'replay.json'), 'utf8'))).toEqual(JSON.parse(replay.stdout));
      for (const page of [folder, again].flatMap((where) => ['report.html', 'summary.md'].map((name) => join(where, name))))
        expect(readFileSync(page, 'utf8'), page).toContain(page.endsWith('.md') ? 'kill-node' : 'No loss');
    },
    TAKES_AT_MOST_MS,
  );

  it(
    'finds nothing in the reference server, whose promises are on the disk, and says what it did to it',
    async () => {
      const { code, result } = await explore(['--faults', 'kill-process', '--schedules', '3', '--seed', '1', '--no-arena']);
      expect({ code, found: result.found, ending: result.ending, schedules: result.schedules }).toEqual({
        code: 0,
        found: [],
        ending: 'spent',
        schedules: 3,
      });
      expect(result.acked).toBeGreaterThan(100);
      expect(result.target).toMatchObject({ name: 'reference', nodes: 1, config: { durability: 'fsync' } });
      const lines = readFileSync(join(folder, 'schedules.ndjson'), 'utf8').trim().split('\n');
      expect(lines.length).toBe(3 + result.discounted.length);
    },
    TAKES_AT_MOST_MS,
  );

  it(
    'keeps what is known when it is interrupted, and leaves no process behind',
    async () => {
      const command = new Command([
        ...['explore', '--target', 'calibrated', '--faults', 'kill-process', '--budget', '10m', '--no-arena'],
        ...[...SHORT, '--out', folder],
      ]);
      const document = join(folder, 'exploration.json');
      await until(() => existsSync(document), 'a schedule was played', 120_000);
      const started = command.descendants();
      expect(started.length).toBeGreaterThanOrEqual(2);
      command.child.kill('SIGINT');
      expect(await command.ended()).toBe(130);
      expect(explorationSchema.parse(JSON.parse(readFileSync(document, 'utf8'))).ending).toBe('interrupted');
      await until(() => !started.some(isAlive), 'every process has ended');
      expect(existsSync(join(folder, 'data'))).toBe(false);
    },
    TAKES_AT_MOST_MS,
  );

  it.each([
    [['--in', 'sim'], /--in sim: is not valid\n {2}one of real/],
    [['--target', 'refrence'], /did you mean "reference"/],
    [['--faults', 'kill-nod'], /did you mean "kill-node"/],
    [['--faults', 'partition', '--nodes', '1'], /not supported by the target reference with 1 node\n/],
    [['--set', 'load.rate=fast'], /load\.rate/],
    [['--budget', '10'], /has no unit/],
    [['--schedules', '0'], /whole number from 1/],
  ])('refuses %s with exit code 2 and a remedy, and starts nothing', async (args, remedy) => {
    const command = new Command(['explore', ...args, '--out', join(folder, 'never')]);
    expect(await command.ended()).toBe(2);
    expect(command.stderr).toMatch(remedy);
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });
});
