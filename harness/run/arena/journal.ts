/**
 * The undo journal: what a run has done that would outlast it if it died at this moment. Each act is on the disk before it happens and
 * crossed out once it is undone, so that `letitcrash heal` can finish what a killed run began. An orderly end leaves no journal.
 */

import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RunError } from '../../contracts/run-error.ts';
import { systemErrorText } from '../../evidence/result/system-error.ts';
import { makeFolder } from '../tools/make-folder.ts';
import { presentArena, tellOfJournal } from './inside.ts';
import { claimedJournal } from './journal-claim.ts';
import {
  bootId,
  JOURNAL_SCHEMA,
  type JournalEntry,
  type JournalHead,
  journalPath,
  machineId,
  pointerFolder,
} from './journal-file.ts';
import { identify, isAlive, pidNamespace } from './process-identity.ts';

/**
 * What a fault may use: record an act before doing it, and call the returned function once the act is undone. Both are cheap (one flush).
 */
export interface Recorder {
  record(entry: JournalEntry): () => void;
}

/** For a caller whose acts cannot outlast it. */
export const forgetful: Recorder = { record: () => () => undefined };

const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

export class Journal implements Recorder {
  readonly #folder: string;
  readonly #stateFolder: string;
  readonly #path: string;
  readonly #pointer: string | null;
  readonly #open = new Map<number, JournalEntry>();
  #file: number | null;
  #number = 0;

  /**
   * Begins the journal of a run folder, which is created if necessary and must have no journal, and leaves a pointer to it where `heal`
   * looks.
   */
  constructor(runFolder: string, stateFolder = pointerFolder()) {
    const folder = resolve(runFolder);
    makeFolder(folder);
    // Before the journal exists: a launcher that hears of a journal that never came has nothing to do.
    if (presentArena() !== null) tellOfJournal({ folder, stateFolder }, 'begun');
    this.#folder = folder;
    this.#stateFolder = stateFolder;
    this.#path = journalPath(folder);
    this.#file = begin(this.#path, headFor(folder));
    this.#pointer = point(stateFolder, folder);
  }

  record(entry: JournalEntry): () => void {
    const number = ++this.#number;
    this.#write({ number, entry });
    this.#open.set(number, entry);
    return () => {
      if (!this.#open.delete(number)) return;
      try {
        this.#write({ done: number });
      } catch {
        // Not crossed out: a heal looks again, and finds it gone.
      }
    };
  }

  /** Ends the journal; returns what is left to be undone. Only then does the journal stay, for `heal`. */
  close(): readonly JournalEntry[] {
    if (this.#file === null) return [];
    closeSync(this.#file);
    this.#file = null;
    const left = [...this.#open.values()].filter((entry) => !('process' in entry) || isAlive(entry.process));
    if (left.length === 0) {
      try {
        rmSync(this.#path, { force: true });
        if (this.#pointer !== null) rmSync(this.#pointer, { force: true });
      } catch {
        // On a file system that has become read-only it stays, with nothing to undo; the pointer leads a later heal to it.
      }
      if (presentArena() !== null) tellOfJournal({ folder: this.#folder, stateFolder: this.#stateFolder }, 'ended');
    }
    return left;
  }

  #write(line: unknown): void {
    if (this.#file === null) return;
    try {
      writeSync(this.#file, `${JSON.stringify(line)}\n`);
      fsyncSync(this.#file);
    } catch (error) {
      throw journalError(this.#path, error);
    }
  }
}

/** With the place, which the error for an open file does not have. */
export function journalError(path: string, error: unknown): Error {
  const text = systemErrorText(error, path);
  return text === null ? (error as Error) : new RunError('folder-unusable', text);
}

function headFor(folder: string): JournalHead {
  const arena = presentArena();
  return {
    schema: JOURNAL_SCHEMA,
    folder,
    bootId: bootId(),
    harness: arena ?? identify(process.pid) ?? { pid: process.pid, start: '' },
    pidNamespace: arena === null ? pidNamespace() : arena.pidNamespace,
    world: pidNamespace(),
    machineId: machineId(),
    arena: arena !== null,
  };
}

/**
 * Makes the journal together with its head, so that it is never seen without. @throws EEXIST if there is one, or if a heal is working on
 * one.
 */
function begin(path: string, head: JournalHead): number {
  const unfinished = `${path}.${process.pid}-${randomBytes(6).toString('hex')}.part`;
  const file = openSync(unfinished, 'ax', OWNER_ONLY);
  try {
    writeSync(file, `${JSON.stringify(head)}\n`);
    fsyncSync(file);
    linkSync(unfinished, path);
    if (claimedJournal(head.folder) !== null) {
      rmSync(path, { force: true });
      throw Object.assign(new Error(`a heal is working on ${head.folder}`), { code: 'EEXIST' });
    }
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** If there is no place for pointers, `heal <run folder>` still finds the journal. */
function point(stateFolder: string, runFolder: string): string | null {
  try {
    mkdirSync(stateFolder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    const path = join(stateFolder, `${process.pid}-${randomBytes(6).toString('hex')}.json`);
    writeFileSync(path, `${JSON.stringify({ folder: runFolder })}\n`, { mode: OWNER_ONLY, flag: 'wx' });
    return path;
  } catch {
    return null;
  }
}
