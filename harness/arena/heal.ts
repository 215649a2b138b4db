/**
 * Undoes what a killed run left behind, from its journal. Touches only what the journal names and the kernel confirms: a process of
 * another start time, a path outside the run folder and the journal of a run that is still going on are left alone.
 */
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bootId, type JournalEntry, JournalError, journalPath, pointerFolder, readJournal } from './journal-file.ts';
import { isAlive, type ProcessIdentity, signalProcess } from './process-identity.ts';

export interface HealedEntry {
  readonly what: string;
  /** `to-do`: what a dry run would undo. */
  readonly outcome: 'undone' | 'gone already' | 'refused' | 'to-do';
  /** Why it was refused; null otherwise. */
  readonly reason: string | null;
}

export interface HealedRun {
  readonly folder: string;
  /** `running`: nothing was touched. `refused`: something is left. */
  readonly state: 'healed' | 'running' | 'refused' | 'dry-run';
  readonly reason: string | null;
  readonly entries: readonly HealedEntry[];
}

const GONE_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 10;
const ENDS_WITHIN_MS = 10_000;
const LOOK_OFTEN_MS = 50;

/** Run folders to which a pointer exists, and the pointers. */
export function interruptedRuns(stateFolder = pointerFolder()): readonly { readonly folder: string; readonly pointer: string }[] {
  if (!existsSync(stateFolder)) return [];
  return readdirSync(stateFolder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const pointer = join(stateFolder, name);
      try {
        const { folder } = JSON.parse(readFileSync(pointer, 'utf8')) as { folder?: unknown };
        return typeof folder === 'string' ? [{ folder, pointer }] : [];
      } catch {
        return [];
      }
    });
}

/** Heals every run to which this user's state folder points; a pointer goes when nothing is left to do. */
export async function healAll(dryRun: boolean, stateFolder = pointerFolder()): Promise<readonly HealedRun[]> {
  const runs: HealedRun[] = [];
  for (const { folder, pointer } of interruptedRuns(stateFolder)) {
    const run = await healRun(folder, dryRun);
    if (run !== null) runs.push(run);
    if (run === null || run.state === 'healed') rmSync(pointer, { force: true });
  }
  return runs;
}

/** Heals one run; null when its folder has no journal. */
export async function healRun(runFolder: string, dryRun = false): Promise<HealedRun | null> {
  const folder = resolve(runFolder);
  let journal: ReturnType<typeof readJournal>;
  try {
    journal = readJournal(folder);
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    return { folder, state: 'refused', reason: error.message, entries: [] };
  }
  if (journal === null) return null;
  const { head, open } = journal;
  const sameBoot = head.bootId === bootId();
  if (sameBoot && isAlive(head.harness)) {
    return { folder, state: 'running', reason: `the run goes on as process ${head.harness.pid}`, entries: [] };
  }
  const entries: HealedEntry[] = [];
  // Processes first: none is to write into what is removed.
  const isProcess = ({ kind }: JournalEntry): boolean => kind === 'process' || kind === 'paused';
  const latestFirst = open.toReversed();
  const ordered = [...latestFirst.filter(isProcess), ...latestFirst.filter((entry) => !isProcess(entry))];
  let settled = dryRun || !sameBoot || head.arena;
  for (const entry of ordered) {
    if (!settled && !isProcess(entry)) {
      settled = true;
      await nobodyIsLeft(folder);
    }
    entries.push(await undo(entry, { folder, dryRun, processesMayLive: sameBoot && !head.arena }));
  }
  if (dryRun) return { folder, state: 'dry-run', reason: null, entries };
  const refused = entries.filter(({ outcome }) => outcome === 'refused').length;
  if (refused > 0) return { folder, state: 'refused', reason: `${refused} entries were left alone`, entries };
  rmSync(journalPath(folder), { force: true });
  return { folder, state: 'healed', reason: null, entries };
}

interface Around {
  readonly folder: string;
  readonly dryRun: boolean;
  /** False when the kernel has ended every process of the run: with its arena, or with the machine. */
  readonly processesMayLive: boolean;
}

async function undo(entry: JournalEntry, around: Around): Promise<HealedEntry> {
  switch (entry.kind) {
    case 'process':
    case 'paused': {
      const what = `${entry.kind} ${entry.what} (process ${entry.process.pid})`;
      if (!around.processesMayLive || !isAlive(entry.process)) return { what, outcome: 'gone already', reason: null };
      if (around.dryRun) return { what, outcome: 'to-do', reason: null };
      return endProcess(what, entry.process);
    }
    case 'file':
    case 'scratch': {
      const what = `${entry.kind} ${entry.path}`;
      if (!existsSync(entry.path)) return { what, outcome: 'gone already', reason: null };
      const reason = whyNotOurs(entry.path, around.folder);
      if (reason !== null) return { what, outcome: 'refused', reason };
      if (around.dryRun) return { what, outcome: 'to-do', reason: null };
      rmSync(entry.path, { recursive: entry.kind === 'scratch', force: true });
      return { what, outcome: 'undone', reason: null };
    }
    case 'namespace':
      return { what: entry.what, outcome: 'gone already', reason: null };
  }
}

/**
 * Waits, within a limit, for what the run started the moment before it was killed and had not written down yet: it ends by itself, and
 * is not ours to end. Known by the run folder in its environment, where the kernel shows that.
 */
async function nobodyIsLeft(folder: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < ENDS_WITHIN_MS && belongs(folder); waitedMs += LOOK_OFTEN_MS) await delay(LOOK_OFTEN_MS);
}

function belongs(folder: string): boolean {
  if (!existsSync('/proc')) return false;
  // The run may have been given its folder by a relative path.
  const data = `${basename(folder)}/data`;
  return readdirSync('/proc').some((name) => {
    try {
      return /^\d+$/.test(name) && Number(name) !== process.pid && readFileSync(`/proc/${name}/environ`, 'latin1').includes(data);
    } catch {
      return false;
    }
  });
}

/** SIGKILL ends a stopped process too. */
async function endProcess(what: string, process: ProcessIdentity): Promise<HealedEntry> {
  try {
    signalProcess(process, 'SIGKILL');
  } catch (error) {
    return { what, outcome: 'refused', reason: (error as Error).message };
  }
  for (let waitedMs = 0; isAlive(process); waitedMs += LOOK_EVERY_MS) {
    if (waitedMs > GONE_WITHIN_MS) return { what, outcome: 'refused', reason: 'it was killed and is still there' };
    await delay(LOOK_EVERY_MS);
  }
  return { what, outcome: 'undone', reason: null };
}

/** Only what lies in the run folder itself, and no link that leads elsewhere. */
function whyNotOurs(path: string, folder: string): string | null {
  const inside = realpathSync(folder);
  const place = join(realpathSync(dirname(path)), basename(path));
  if (lstatSync(path).isSymbolicLink()) return 'it is a link';
  return place.startsWith(`${inside}/`) ? null : `it is not in ${folder}`;
}
