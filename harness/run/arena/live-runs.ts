/**
 * Which runs are going on at this moment: one file for each in this user's state folder, beside the pointers to journals, which the run
 * touches as long as it goes on. Runs that load the same machine at the same time spoil each other's figures, and cannot detect it by
 * themselves.
 *
 * A run that was killed leaves its file behind. It is recognised by the process that it names, if process ids mean the same here and there;
 * otherwise (in an arena, in another container with the same state folder) by the time when the file was last touched.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { presentArena } from './inside.ts';
import { bootId, machineId, pointerFolder } from './journal-file.ts';
import { identify, isAlive, pidNamespace } from './process-identity.ts';

const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
/** How often a run should touch its file. */
export const TOUCH_EVERY_MS = 1_000;
/** A run whose event loop was blocked for a while is still there. */
const STALE_AFTER_MS = 10_000;

const liveRunSchema = z.object({
  /** For people: `run smoke`. */
  what: z.string(),
  /** Its run folder, absolute. */
  folder: z.string(),
  pid: z.number().int().positive(),
  start: z.string(),
  /** The namespace in which the process id is valid; null if there is none. */
  pidNamespace: z.string().nullable(),
  bootId: z.string().nullable(),
  machineId: z.string().nullable(),
});
export type LiveRun = z.infer<typeof liveRunSchema> & { readonly id: string };

export function liveFolder(): string {
  return join(dirname(pointerFolder()), 'live');
}

/** One run among those that are going on. */
export class LiveRegistration {
  readonly #folder: string;
  readonly #name: string;

  /** If there is no place for it, the others do not see this run; there is no other effect. */
  constructor(what: string, folder: string, stateFolder = liveFolder()) {
    this.#folder = stateFolder;
    this.#name = `${process.pid}-${randomBytes(6).toString('hex')}.json`;
    const arena = presentArena();
    const own = arena ?? identify(process.pid) ?? { pid: process.pid, start: '' };
    const entry: Omit<LiveRun, 'id'> = {
      what,
      folder,
      pid: own.pid,
      start: own.start,
      pidNamespace: arena === null ? pidNamespace() : arena.pidNamespace,
      bootId: bootId(),
      machineId: machineId(),
    };
    try {
      mkdirSync(stateFolder, { recursive: true, mode: OWNER_ONLY_FOLDER });
      writeFileSync(join(stateFolder, this.#name), `${JSON.stringify(entry)}\n`, { mode: OWNER_ONLY, flag: 'wx' });
    } catch {
      // A state folder that cannot be written is no reason not to run.
    }
  }

  /** Announces that this run is going on, and returns which others are. */
  others(): readonly LiveRun[] {
    try {
      const now = new Date();
      utimesSync(join(this.#folder, this.#name), now, now);
    } catch {
      // It was never written, or somebody has emptied the folder.
    }
    return liveRuns(this.#folder).filter(({ id }) => id !== this.#name);
  }

  end(): void {
    try {
      rmSync(join(this.#folder, this.#name), { force: true });
    } catch {
      // Its process says that it is over.
    }
  }
}

/** The runs that are going on, on this machine. Files that were certainly left behind by finished runs are removed. */
export function liveRuns(stateFolder = liveFolder()): readonly LiveRun[] {
  return filesOf(stateFolder).flatMap((id) => {
    const path = join(stateFolder, id);
    const entry = entryAt(path);
    if (entry === null || (entry.machineId !== machineId() && entry.machineId !== null)) return [];
    const state = stateOf(entry, path);
    if (state === 'over') rmSync(path, { force: true });
    return state === 'live' ? [{ ...entry, id }] : [];
  });
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

/** Null for what is not an entry of this version, or only half of one. */
function entryAt(path: string): Omit<LiveRun, 'id'> | null {
  try {
    return liveRunSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

function stateOf(entry: Omit<LiveRun, 'id'>, path: string): 'live' | 'silent' | 'over' {
  if (entry.bootId !== bootId()) return 'over';
  if (entry.pidNamespace === pidNamespace()) return isAlive(entry) ? 'live' : 'over';
  try {
    return Date.now() - statSync(path).mtimeMs < STALE_AFTER_MS ? 'live' : 'silent';
  } catch {
    return 'silent';
  }
}
