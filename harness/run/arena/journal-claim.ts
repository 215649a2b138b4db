/**
 * Decides who heals a run: at most one process at a time. The journal itself is the claim. A healer renames it to a name that identifies
 * the healer, which succeeds for only one of them, and removes it when nothing is left to do. A claim whose healer died is taken over in
 * the same way.
 */
import { existsSync, linkSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { journalPath } from './journal-file.ts';
import { identify, isAlive, pidNamespace } from './process-identity.ts';

const PREFIX = 'journal.healing';
const CLAIM = /^journal\.healing\.(?<namespace>\d+)\.(?<pid>\d+)\.(?<start>[^.]+)$/;

/** A journal that only this process follows, until it is finished or given back. */
export interface JournalClaim {
  /** Where the journal is in the meantime. */
  readonly path: string;
  /** Nothing is left to do: the journal is removed. */
  finish(): void;
  /** Something is left to do, or the run turned out to be alive: the journal is put back where it was. */
  giveBack(): void;
}

/** `none`: there is no journal, for instance because another heal has just finished. `taken`: another heal is working on it. */
export type ClaimAttempt =
  | { readonly kind: 'claimed'; readonly claim: JournalClaim }
  | { readonly kind: 'none' }
  | { readonly kind: 'taken' };

/** Tries to become the only process that follows the journal of this folder. */
export function claimJournal(folder: string): ClaimAttempt {
  const mine = join(folder, claimName());
  if (existsSync(mine)) return { kind: 'taken' };
  const standing = standingClaim(folder);
  if (standing?.alive === true) return { kind: 'taken' };
  const from = standing === null ? journalPath(folder) : join(folder, standing.name);
  if (!renamed(from, mine)) return { kind: standing === null ? 'none' : 'taken' };
  return {
    kind: 'claimed',
    claim: {
      path: mine,
      finish: () => rmSync(mine, { force: true }),
      giveBack: () => putBack(mine, journalPath(folder)),
    },
  };
}

/** Where the journal of this folder is now, if a heal has claimed it or died while it had it; otherwise null. */
export function claimedJournal(folder: string): string | null {
  const standing = standingClaim(folder);
  return standing === null ? null : join(folder, standing.name);
}

function claimName(): string {
  const { pid, start } = identify(process.pid) ?? { pid: process.pid, start: '0' };
  return `${PREFIX}.${namespaceNumber()}.${pid}.${start.replaceAll(/[^A-Za-z0-9]/g, '_')}`;
}

/** The digits of `pid:[4026531836]`; 0 if the kernel has no namespaces. */
function namespaceNumber(): string {
  return /\d+/.exec(pidNamespace() ?? '')?.[0] ?? '0';
}

function standingClaim(folder: string): { readonly name: string; readonly alive: boolean } | null {
  const name = entriesOf(folder).find((entry) => CLAIM.test(entry));
  if (name === undefined) return null;
  const { namespace = '', pid = '', start = '' } = CLAIM.exec(name)?.groups ?? {};
  // Nothing can be known from here about a process in another namespace.
  if (namespace !== namespaceNumber()) return { name, alive: true };
  const now = identify(Number(pid));
  return { name, alive: now !== null && now.start.replaceAll(/[^A-Za-z0-9]/g, '_') === start && isAlive(now) };
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Never over another journal: a claim that remains is taken over by the next heal. */
function putBack(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  rmSync(from, { force: true });
}

function renamed(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
