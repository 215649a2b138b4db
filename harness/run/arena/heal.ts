/**
 * Undoes what a killed run left behind, from its journal. It touches only what the journal names and the kernel confirms: a process with
 * another start time, a path outside the run folder and the journal of a run that is still going on are not touched.
 */

import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { plural } from '../../evidence/result/format.ts';
import { claimedJournal, claimJournal, type JournalClaim } from './journal-claim.ts';
import {
  bootId,
  type JournalEntry,
  JournalError,
  type JournalHead,
  machineId,
  pointerFolder,
  type ReadJournal,
  readJournal,
} from './journal-file.ts';
import { isAlive, type ProcessIdentity, pidNamespace, signalProcess } from './process-identity.ts';

export interface HealedEntry {
  readonly what: string;
  /** `to-do`: what a dry run would undo. */
  readonly outcome: 'undone' | 'already gone' | 'refused' | 'to-do';
  /** Why it was refused; null otherwise. */
  readonly reason: string | null;
}

export interface HealedRun {
  readonly folder: string;
  /** `running`: nothing was touched. `healing`: another heal is doing it. `refused`: something is left. */
  readonly state: 'healed' | 'running' | 'healing' | 'refused' | 'dry-run';
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

export interface HealAllOptions {
  readonly dryRun: boolean;
  /** Only runs whose folder lies in this one; null for all. */
  readonly within: string | null;
  readonly stateFolder?: string;
}

/** Heals the runs to which this user's state folder points; a pointer is removed when nothing is left to do. */
export async function healAll({ dryRun, within, stateFolder = pointerFolder() }: HealAllOptions): Promise<readonly HealedRun[]> {
  const runs: HealedRun[] = [];
  for (const { folder, pointer } of interruptedRuns(stateFolder)) {
    if (within !== null && !liesIn(folder, within)) continue;
    const run = await healRun(folder, dryRun, stateFolder);
    if (run !== null) runs.push(run);
    // Its journal was removed before the pointer, for instance with the whole run folder.
    else rmSync(pointer, { force: true });
  }
  return runs;
}

/** How many of the runs to which this user's state folder points are elsewhere. */
export function interruptedElsewhere(within: string, stateFolder = pointerFolder()): number {
  return new Set(interruptedRuns(stateFolder).flatMap(({ folder }) => (liesIn(folder, within) ? [] : [folder]))).size;
}

/** A folder that is gone counts as lying where its path says. */
function liesIn(folder: string, within: string): boolean {
  const way = relative(existsSync(within) ? realpathSync(within) : within, existsSync(folder) ? realpathSync(folder) : folder);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/**
 * Heals one run; null if its folder has no journal. Several heals may run at once: one of them does it. The pointers to the run are removed
 * with its journal.
 */
export async function healRun(runFolder: string, dryRun = false, stateFolder = pointerFolder()): Promise<HealedRun | null> {
  const folder = resolve(runFolder);
  const untouched = (state: HealedRun['state'], reason: string): HealedRun => ({ folder, state, reason, entries: [] });
  const look = (path?: string): ReadJournal | HealedRun | null => {
    try {
      const journal = readJournal(folder, path);
      const why = journal === null ? null : whyNotNow(journal.head);
      return why === null ? journal : untouched(why.state, why.reason);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      return untouched('refused', error.message);
    }
  };
  const first = look(claimedJournal(folder) ?? undefined);
  if (first === null || 'state' in first) return first;
  if (dryRun) return { folder, state: 'dry-run', reason: null, entries: await undoAll(folder, first, true) };

  const attempt = claimJournal(folder);
  if (attempt.kind === 'none') return null;
  if (attempt.kind === 'taken') return untouched('healing', 'another heal is working on it');
  // Between the first look and the claim, another heal may have finished, and a new run may have begun in the folder.
  return healClaimed(folder, attempt.claim, { again: look(attempt.claim.path), stateFolder });
}

async function healClaimed(
  folder: string,
  claim: JournalClaim,
  { again, stateFolder }: { readonly again: ReadJournal | HealedRun | null; readonly stateFolder: string },
): Promise<HealedRun | null> {
  let finished = false;
  try {
    if (again === null || 'state' in again) return again;
    if (again.head.arena && !(await arenaIsOver(again.head)))
      return { folder, state: 'refused', reason: 'processes of its arena are still there', entries: [] };
    const entries = await undoAll(folder, again, false);
    const refused = entries.filter(({ outcome }) => outcome === 'refused').length;
    if (refused > 0)
      return { folder, state: 'refused', reason: `${plural(refused, 'entry was', 'entries were')} not touched`, entries };
    removePointersTo(folder, stateFolder);
    claim.finish();
    finished = true;
    return { folder, state: 'healed', reason: null, entries };
  } finally {
    if (!finished) claim.giveBack();
  }
}

/** Why the run must not be touched from here; null if it is certainly over. */
function whyNotNow(head: JournalHead): { readonly state: 'running' | 'refused'; readonly reason: string } | null {
  if (head.machineId !== null && machineId() !== null && head.machineId !== machineId()) {
    return {
      state: 'refused',
      reason: 'it was started on another machine; heal it there, or remove its folder if that machine is gone',
    };
  }
  if (head.bootId !== bootId()) return null;
  if (head.pidNamespace !== null && head.pidNamespace !== pidNamespace()) {
    return {
      state: 'refused',
      reason:
        'it was started in another container or pid namespace, and only there can it be seen whether it is still running; heal it there, or remove its folder if that container is gone',
    };
  }
  return isAlive(head.harness) ? { state: 'running', reason: `the run is still going, as process ${head.harness.pid}` } : null;
}

/** Latest first; processes before files, so that none writes into what is removed. */
async function undoAll(folder: string, { head, open }: ReadJournal, dryRun: boolean): Promise<readonly HealedEntry[]> {
  const processesMayLive = head.bootId === bootId() && !head.arena;
  const isProcess = ({ kind }: JournalEntry): boolean => kind === 'process' || kind === 'paused';
  const latestFirst = open.toReversed();
  const entries: HealedEntry[] = [];
  const around: Around = { folder, dryRun, processesMayLive };
  for (const entry of latestFirst.filter(isProcess)) entries.push(await undo(entry, around));
  if (!dryRun && processesMayLive) await nobodyIsLeft(() => belongs(folder));
  for (const entry of latestFirst.filter((each) => !isProcess(each))) entries.push(await undo(entry, around));
  return entries;
}

/** The kernel ends the processes of an arena when its holder is gone; the last of them may take a moment. */
async function arenaIsOver({ world, pidNamespace: outside }: JournalHead): Promise<boolean> {
  if (world === null || world === outside) return true;
  return nobodyIsLeft(() => isInhabited(world));
}

function isInhabited(world: string): boolean {
  if (!existsSync('/proc')) return false;
  return readdirSync('/proc').some((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/ns/pid`) === world;
    } catch {
      return false;
    }
  });
}

function removePointersTo(folder: string, stateFolder: string): void {
  for (const run of interruptedRuns(stateFolder)) if (run.folder === folder) rmSync(run.pointer, { force: true });
}

interface Around {
  readonly folder: string;
  readonly dryRun: boolean;
  /** False if the kernel has ended every process of the run, with its arena or with the machine. */
  readonly processesMayLive: boolean;
}

async function undo(entry: JournalEntry, around: Around): Promise<HealedEntry> {
  switch (entry.kind) {
    case 'process':
    case 'paused': {
      const what = `${entry.kind} ${entry.what} (process ${entry.process.pid})`;
      if (!around.processesMayLive || !isAlive(entry.process)) return { what, outcome: 'already gone', reason: null };
      if (around.dryRun) return { what, outcome: 'to-do', reason: null };
      return endProcess(what, entry.process);
    }
    case 'file':
    case 'scratch': {
      const what = `${entry.kind} ${entry.path}`;
      if (!existsSync(entry.path)) return { what, outcome: 'already gone', reason: null };
      const reason = whyNotOurs(entry.path, around.folder);
      if (reason !== null) return { what, outcome: 'refused', reason };
      if (around.dryRun) return { what, outcome: 'to-do', reason: null };
      rmSync(entry.path, { recursive: entry.kind === 'scratch', force: true });
      return { what, outcome: 'undone', reason: null };
    }
    case 'namespace':
      return { what: entry.what, outcome: 'already gone', reason: null };
  }
}

/**
 * Waits, within a limit, until everything that ends by itself is gone. A process that the run started just before it was killed, and had
 * not recorded yet, must not be ended by heal. False if something is left.
 */
async function nobodyIsLeft(somebodyIs: () => boolean): Promise<boolean> {
  for (let waitedMs = 0; somebodyIs(); waitedMs += LOOK_OFTEN_MS) {
    if (waitedMs >= ENDS_WITHIN_MS) return false;
    await delay(LOOK_OFTEN_MS);
  }
  return true;
}

/** Recognised by the run folder in its environment, if the kernel shows that. */
function belongs(folder: string): boolean {
  if (!existsSync('/proc')) return false;
  // The run may have been given its folder as a relative path.
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
