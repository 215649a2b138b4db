import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { healAll, healRun, interruptedElsewhere } from '../../../../harness/run/arena/heal.ts';
import { Journal } from '../../../../harness/run/arena/journal.ts';
import { claimJournal } from '../../../../harness/run/arena/journal-claim.ts';
import { type JournalEntry, journalPath, readJournal } from '../../../../harness/run/arena/journal-file.ts';
import { identify, isAlive, type ProcessIdentity, pidNamespace } from '../../../../harness/run/arena/process-identity.ts';
import { until } from '../../../until.ts';

const HEAL = new URL('../../../../harness/run/arena/heal.ts', import.meta.url).href;

let folder = '';
let state = '';
let sleeper: ChildProcess;
let asleep: ProcessIdentity;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-heal-'));
  state = mkdtempSync(join(tmpdir(), 'letitcrash-state-'));
  sleeper = spawn('sleep', ['1000'], { stdio: 'ignore' });
  asleep = identify(sleeper.pid as number) as ProcessIdentity;
});
afterEach(() => {
  sleeper.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
  rmSync(state, { recursive: true, force: true });
});

/** The journal of a run whose harness is dead: written by this process, its head then changed to one that never was. */
function interrupted(entries: readonly JournalEntry[], head: Record<string, unknown> = {}): void {
  const journal = new Journal(folder, state);
  for (const entry of entries) journal.record(entry);
  const [first, ...rest] = readFileSync(journalPath(folder), 'utf8').split('\n');
  const dead = { ...(JSON.parse(first as string) as object), harness: { pid: process.pid, start: '1' }, ...head };
  writeFileSync(journalPath(folder), [JSON.stringify(dead), ...rest].join('\n'));
}

/** What a heal of the folder comes to in a process of its own. */
async function healElsewhere(): Promise<string | null> {
  const script = `import { healRun } from ${JSON.stringify(HEAL)}; process.stdout.write(JSON.stringify((await healRun(...process.argv.slice(1, 2), false, process.argv[2]))?.state ?? null));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder, state], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return JSON.parse(said) as string | null;
}

/** A run begins in the folder at the first moment that it is let. */
async function begunAsSoonAsPossible(): Promise<Journal> {
  for (;;) {
    try {
      return new Journal(folder, state);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      await setImmediate();
    }
  }
}

describe('the journal', () => {
  it('is removed after an orderly end, and so is the pointer to it', () => {
    const journal = new Journal(folder, state);
    const done = journal.record({ kind: 'paused', what: 'node n1', process: asleep });
    expect(readdirSync(state)).toHaveLength(1);
    expect(readJournal(folder)?.open).toHaveLength(1);
    done();
    expect(readJournal(folder)?.open).toEqual([]);
    expect(journal.close()).toEqual([]);
    expect(existsSync(journalPath(folder))).toBe(false);
    expect(readdirSync(state)).toEqual([]);
  });

  it('stays when something that was started still exists', () => {
    const journal = new Journal(folder, state);
    journal.record({ kind: 'process', what: 'sleeper', process: asleep });
    expect(journal.close()).toHaveLength(1);
    expect(existsSync(journalPath(folder))).toBe(true);
  });

  it('prevents a second journal in the same folder', () => {
    const journal = new Journal(folder, state);
    expect(() => new Journal(folder, state)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    journal.close();
  });

  it('is read up to a last line that was cut short', () => {
    interrupted([{ kind: 'process', what: 'sleeper', process: asleep }]);
    writeFileSync(journalPath(folder), '{"number":2,"ent', { flag: 'a' });
    expect(readJournal(folder)?.open).toHaveLength(1);
  });
});

describe('heal', () => {
  it('ends a process that the run started, paused or not, and then removes the journal', async () => {
    process.kill(asleep.pid, 'SIGSTOP');
    interrupted([
      { kind: 'process', what: 'node n1', process: asleep },
      { kind: 'paused', what: 'node n1', process: asleep },
    ]);
    const [run] = await healAll({ dryRun: false, within: null, stateFolder: state });
    expect(run).toMatchObject({ state: 'healed', entries: [{ outcome: 'undone' }, { outcome: 'already gone' }] });
    await until(() => !isAlive(asleep), 'the process is gone');
    expect(existsSync(journalPath(folder))).toBe(false);
    expect(readdirSync(state)).toEqual([]);
  });

  it('touches no process that merely has the same id', async () => {
    interrupted([{ kind: 'process', what: 'node n1', process: { ...asleep, start: '17' } }]);
    expect(await healRun(folder)).toMatchObject({ state: 'healed', entries: [{ outcome: 'already gone' }] });
    expect(isAlive(asleep)).toBe(true);
  });

  it('touches nothing of a run that goes on', async () => {
    const journal = new Journal(folder, state);
    journal.record({ kind: 'process', what: 'node n1', process: asleep });
    expect(await healAll({ dryRun: false, within: null, stateFolder: state })).toMatchObject([{ state: 'running', entries: [] }]);
    expect(isAlive(asleep)).toBe(true);
    expect(readdirSync(state)).toHaveLength(1);
  });

  it('kills nothing after an arena, whose process ids mean other processes outside', async () => {
    interrupted([{ kind: 'process', what: 'node n1', process: asleep }], { arena: true });
    expect(await healRun(folder)).toMatchObject({ state: 'healed', entries: [{ outcome: 'already gone' }] });
    expect(isAlive(asleep)).toBe(true);
  });

  it('kills nothing after a reboot of the machine', async () => {
    interrupted([{ kind: 'process', what: 'node n1', process: asleep }], { bootId: 'another' });
    await healRun(folder);
    expect(isAlive(asleep)).toBe(true);
  });

  it('removes what the run wrote into its own folder, and refuses paths and links that lead elsewhere', async () => {
    const elsewhere = join(state, 'precious');
    mkdirSync(elsewhere);
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'ballast'), 'x');
    symlinkSync(elsewhere, join(folder, 'link'));
    interrupted([
      { kind: 'scratch', path: elsewhere },
      { kind: 'scratch', path: join(folder, 'link') },
      { kind: 'scratch', path: join(folder, 'data') },
      { kind: 'file', path: join(folder, '..', 'nothing-of-ours') },
      { kind: 'file', path: join(folder, 'ballast') },
    ]);
    const run = await healRun(folder);
    expect(run?.entries.map(({ outcome }) => outcome)).toEqual(['undone', 'already gone', 'undone', 'refused', 'refused']);
    expect(run?.state).toBe('refused');
    expect(existsSync(elsewhere)).toBe(true);
    expect(existsSync(join(folder, 'ballast'))).toBe(false);
    // What was refused can be looked at, and healed once it is out of the way.
    expect(existsSync(journalPath(folder))).toBe(true);
  });

  it('only says what it would do in a dry run', async () => {
    interrupted([{ kind: 'process', what: 'node n1', process: asleep }]);
    expect(await healRun(folder, true)).toMatchObject({ state: 'dry-run', entries: [{ outcome: 'to-do' }] });
    expect(isAlive(asleep)).toBe(true);
    expect(existsSync(journalPath(folder))).toBe(true);
  });

  it('is done by exactly one of any number of heals at once, each a process of its own', async () => {
    mkdirSync(join(folder, 'data'));
    process.kill(asleep.pid, 'SIGSTOP');
    interrupted([
      { kind: 'scratch', path: join(folder, 'data') },
      { kind: 'paused', what: 'node n1', process: asleep },
    ]);
    const answers = await Promise.all(Array.from({ length: 4 }, () => healElsewhere()));
    expect(answers.filter((state) => state === 'healed')).toHaveLength(1);
    expect(answers.filter((state) => state !== 'healed' && state !== 'healing' && state !== null)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    expect(readdirSync(state)).toEqual([]);
    expect(isAlive(asleep)).toBe(false);
  });

  it('never touches a run that begins in the folder the moment another heal has finished', async () => {
    for (let round = 0; round < 20; round++) {
      interrupted([{ kind: 'scratch', path: join(folder, 'data') }]);
      mkdirSync(join(folder, 'data'));
      const heals = [healRun(folder, false, state), healRun(folder, false, state), healRun(folder, false, state)];
      const next = await begunAsSoonAsPossible();
      mkdirSync(join(folder, 'data'), { recursive: true });
      const states = (await Promise.all(heals)).map((run) => run?.state ?? null);
      expect(states.filter((each) => each === 'healed')).toHaveLength(1);
      expect(existsSync(join(folder, 'data'))).toBe(true);
      expect(readJournal(folder)?.head.harness).toEqual(identify(process.pid));
      next.close();
      rmSync(join(folder, 'data'), { recursive: true });
      expect(readdirSync(folder)).toEqual([]);
      expect(readdirSync(state)).toEqual([]);
    }
  });

  it('restores the journal if the run turns out to be alive', () => {
    const journal = new Journal(folder, state);
    const attempt = claimJournal(folder);
    if (attempt.kind !== 'claimed') throw new Error(attempt.kind);
    expect(() => new Journal(folder, state)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    attempt.claim.giveBack();
    expect(readdirSync(folder)).toEqual(['journal.ndjson']);
    journal.close();
  });

  it('takes over what a killed heal had begun', async () => {
    interrupted([{ kind: 'process', what: 'node n1', process: asleep }]);
    const namespace = /\d+/.exec(pidNamespace() ?? '0')?.[0];
    renameSync(journalPath(folder), join(folder, `journal.healing.${namespace}.${process.pid}.17`));
    expect(await healAll({ dryRun: false, within: null, stateFolder: state })).toMatchObject([
      { state: 'healed', entries: [{ outcome: 'undone' }] },
    ]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['in another container or pid namespace', { pidNamespace: 'pid:[1]' }],
    ['on another machine', { machineId: 'another', bootId: 'another' }],
  ])('refuses a run that was started %s, because only there can it be seen whether it goes on', async (where, head) => {
    mkdirSync(join(folder, 'data'));
    interrupted([{ kind: 'scratch', path: join(folder, 'data') }], head);
    expect(await healAll({ dryRun: false, within: null, stateFolder: state })).toMatchObject([
      { state: 'refused', reason: expect.stringContaining(where) },
    ]);
    expect(existsSync(join(folder, 'data'))).toBe(true);
    expect(readdirSync(state)).toHaveLength(1);
  });

  it.skipIf(process.getuid?.() !== 0)('touches nothing of another user', async () => {
    mkdirSync(join(folder, 'data'));
    interrupted([{ kind: 'scratch', path: join(folder, 'data') }]);
    chownSync(journalPath(folder), 65_534, 65_534);
    expect(await healAll({ dryRun: false, within: null, stateFolder: state })).toMatchObject([
      { state: 'refused', reason: expect.stringContaining('another user') },
    ]);
    expect(existsSync(join(folder, 'data'))).toBe(true);
  });

  it('heals the runs of one folder, and leaves those elsewhere alone and counts them', async () => {
    const [own, other] = [join(folder, 'own', 'runs', 'one'), join(folder, 'other', 'runs', 'two')];
    const home = folder;
    for (const each of [own, other]) {
      folder = each;
      mkdirSync(join(each, 'data'), { recursive: true });
      interrupted([{ kind: 'scratch', path: join(each, 'data') }]);
    }
    folder = home;
    symlinkSync(join(folder, 'own'), join(folder, 'link'));
    const within = join(folder, 'link');
    expect(await healAll({ dryRun: false, within, stateFolder: state })).toMatchObject([{ state: 'healed', folder: own }]);
    expect([existsSync(join(own, 'data')), existsSync(join(other, 'data'))]).toEqual([false, true]);
    expect(interruptedElsewhere(within, state)).toBe(1);
    // A neighbour whose name begins alike is no part of it.
    expect(await healAll({ dryRun: false, within: join(folder, 'oth'), stateFolder: state })).toEqual([]);
    expect(await healAll({ dryRun: false, within: null, stateFolder: state })).toMatchObject([
      { state: 'healed', folder: other },
    ]);
    expect(readdirSync(state)).toEqual([]);
  });

  it('refuses a file that is not a journal', async () => {
    writeFileSync(journalPath(folder), '{"schema":"something else"}\n');
    expect(await healRun(folder)).toMatchObject({ state: 'refused' });
  });
});
