/**
 * The harness is killed at each of these moments of a drill. In an arena nothing is left at once; without one, after `letitcrash heal`.
 * Moments are seen in the progress, the journal and the logs, never waited for by the clock.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readJournal } from '../../harness/run/arena/journal-file.ts';
import { whyNoArena } from '../../harness/run/arena/namespaces.ts';
import { until } from '../until.ts';
import { Command } from './command.ts';

const MARK = 'LETITCRASH_TEST_DRILL';
const LIMIT_MS = 100_000;
const noArena = await whyNoArena();
const root = mkdtempSync(join(tmpdir(), 'letitcrash-killed-'));
const drills: Drill[] = [];
afterAll(() => {
  // What a failed test left.
  for (const drill of drills) for (const pid of drill.processes()) process.kill(pid, 'SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

/** A drill on its way, and where to look at it. */
class Drill {
  readonly command: Command;
  readonly out: string;
  /** Where the run leaves its pointer for heal. */
  readonly env: Readonly<Record<string, string>>;
  readonly #mark = randomUUID();

  constructor(faults: readonly string[], seconds: number, flag: string) {
    const folder = join(root, this.#mark);
    mkdirSync(folder);
    this.out = join(folder, 'run');
    this.env = { [MARK]: this.#mark, XDG_STATE_HOME: join(folder, 'state') };
    const scenario = join(folder, 'drill.yaml');
    writeFileSync(
      scenario,
      `# A drill that does not live to see its end.
name: drill
users: 10
load: { model: constant, rate: 20/s, duration: ${seconds}s, workers: 1 }
faults:
${faults.map((fault) => `  - ${fault}\n`).join('')}limits: { lag: 60s, drain: 60s }
`,
    );
    this.command = new Command(['run', scenario, flag, '--out', this.out], this.env);
  }

  /** Processes of this drill, wherever they have got to: all have its mark in their environment. */
  processes(): number[] {
    return readdirSync('/proc').flatMap((name) => {
      try {
        return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, 'latin1').includes(this.#mark) ? [Number(name)] : [];
      } catch {
        return [];
      }
    });
  }

  /** A new namespace of each sort, by what the kernel calls it. */
  namespaces(): readonly string[] {
    const inner = readJournal(this.out)?.head.harness.pid;
    return ['net', 'mnt'].map((sort) => readlinkSync(`/proc/${inner}/ns/${sort}`));
  }

  said(pattern: RegExp): boolean {
    return pattern.test(this.command.stderr);
  }

  has(file: string): boolean {
    return existsSync(join(this.out, file));
  }

  journalNames(what: string): boolean {
    return existsSync(join(this.out, 'journal.ndjson')) && readFileSync(join(this.out, 'journal.ndjson'), 'utf8').includes(what);
  }
}

interface Moment {
  readonly when: string;
  readonly faults: readonly string[];
  /** Of the load. */
  readonly seconds: number;
  reached(drill: Drill): boolean;
  /** What must not have happened yet. */
  readonly before?: RegExp;
}

const killProcess = '{ at: 0s, kind: kill-process }';
const MOMENTS: readonly Moment[] = [
  {
    when: 'the node starts',
    faults: [killProcess],
    seconds: 60,
    reached: (drill) => drill.has('logs/n1-1.log'),
    before: /^connect/m,
  },
  { when: 'users connect', faults: [killProcess], seconds: 60, reached: (drill) => drill.said(/^connect/m) },
  { when: 'the load is on', faults: [killProcess], seconds: 60, reached: (drill) => drill.said(/^load/m) },
  {
    when: 'a fault is being injected',
    faults: ['{ at: 0s, kind: memory-pressure, size: 2000MiB }'],
    seconds: 60,
    reached: (drill) => drill.journalNames('ballast'),
    before: /memory-pressure struck/,
  },
  {
    when: 'memory is held',
    faults: ['{ at: 0s, kind: memory-pressure, size: 50MiB, for: 50s }'],
    seconds: 60,
    reached: (drill) => drill.said(/memory-pressure struck/),
  },
  {
    when: 'the processor is taken',
    faults: ['{ at: 0s, kind: cpu-pressure, cores: 2, share: 20%, for: 50s }'],
    seconds: 60,
    reached: (drill) => drill.said(/cpu-pressure struck/),
  },
  {
    when: 'the node is stopped',
    faults: ['{ at: 0s, kind: pause-node, for: 50s }'],
    seconds: 60,
    reached: (drill) => drill.said(/pause-node struck/),
  },
  {
    when: 'a fault is being undone',
    faults: ['{ at: 0s, kind: kill-node }'],
    seconds: 60,
    reached: (drill) => drill.has('logs/n1-2.log'),
    before: /kill-node healed/,
  },
  { when: 'everybody is brought back', faults: [killProcess], seconds: 1, reached: (drill) => drill.said(/^drain/m) },
  { when: 'the run is judged', faults: [killProcess], seconds: 1, reached: (drill) => drill.said(/^judge/m) },
];

const ARENA_MOMENTS: readonly Moment[] = [
  ...MOMENTS,
  {
    when: 'a disk is full',
    faults: ['{ at: 0s, kind: disk-full, size: 16MiB, for: 50s }'],
    seconds: 60,
    reached: (drill) => drill.said(/disk-full struck/),
  },
];

/** Plays until the moment has come. */
async function playUntil(moment: Moment, flag: string): Promise<Drill> {
  const drill = new Drill(moment.faults, moment.seconds, flag);
  drills.push(drill);
  const over = (): boolean => drill.command.child.exitCode !== null;
  await until(() => moment.reached(drill) || over(), moment.when, LIMIT_MS).catch((error: Error) => {
    throw new Error(`${error.message}; it said: ${drill.command.stderr}`);
  });
  expect(over(), drill.command.stderr).toBe(false);
  if (moment.before !== undefined) expect(drill.command.stderr).not.toMatch(moment.before);
  return drill;
}

/** Scratch and journal of the run, and whatever points to it. */
function leftOnDisk({ out, env }: Drill): readonly string[] {
  const pointers = join(env.XDG_STATE_HOME as string, 'letitcrash', 'runs');
  return [
    ...readdirSync(out).filter((name) => name === 'data' || name === 'observations' || name.startsWith('journal')),
    ...(existsSync(pointers) ? readdirSync(pointers) : []),
  ];
}

describe.skipIf(noArena !== null)('in an arena, a killed harness leaves nothing behind from the first moment', () => {
  // The launcher and the run are both the harness, so they take turns.
  it.each(ARENA_MOMENTS.map((moment, index) => ({ ...moment, whom: index % 2 === 0 ? 'the launcher' : 'the run' })))(
    'when $when ($whom is killed)',
    async (moment) => {
      const drill = await playUntil(moment, '--arena');
      const namespaces = drill.namespaces();
      const holder = readJournal(drill.out)?.head.harness.pid as number;
      const processOne = readFileSync(`/proc/${holder}/task/${holder}/children`, 'utf8').trim();
      expect(drill.processes().length).toBeGreaterThanOrEqual(3);
      process.kill(moment.whom === 'the launcher' ? (drill.command.child.pid as number) : Number(processOne), 'SIGKILL');
      await drill.command.ended();
      await until(() => drill.processes().length === 0, 'no process is left', 10_000);
      // A namespace lives as long as a process, a mount or an open file holds it: then its ports, mounts and tables are gone too.
      const held = (): string[] =>
        readdirSync('/proc').filter((name) => {
          try {
            return (
              /^\d+$/.test(name) && ['net', 'mnt'].some((sort) => namespaces.includes(readlinkSync(`/proc/${name}/ns/${sort}`)))
            );
          } catch {
            return false;
          }
        });
      await until(() => held().length === 0, 'no namespace is held', 10_000);
      expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(drill.out);
      expect(leftOnDisk(drill)).toEqual([]);
    },
    LIMIT_MS + 20_000,
  );
});

describe.skipIf(process.platform !== 'linux')('without an arena, a killed harness leaves nothing behind after heal', () => {
  it.each(MOMENTS)(
    'when $when',
    async (moment) => {
      const drill = await playUntil(moment, '--no-arena');
      drill.command.child.kill('SIGKILL');
      await drill.command.ended();
      // What is stopped cannot end by itself: there is something to heal.
      if (moment.when === 'the node is stopped')
        await until(() => drill.processes().length === 1, 'only what is stopped is left', LIMIT_MS);
      const heal = new Command(['heal', '--all', '--json'], drill.env);
      expect(await heal.ended(), heal.stderr + heal.stdout).toBe(0);
      expect(JSON.parse(heal.stdout)).toMatchObject({ runs: [{ folder: drill.out, state: 'healed' }] });
      // What was started the moment before, and not written down yet, ends by itself.
      await until(() => drill.processes().length === 0, 'no process is left', 30_000);
      expect(leftOnDisk(drill)).toEqual([]);
      const again = new Command(['heal', '--all'], drill.env);
      expect(await again.ended()).toBe(0);
      expect(again.stdout).toContain('nothing to heal');
    },
    LIMIT_MS + 20_000,
  );
});
