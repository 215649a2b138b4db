/**
 * The journal as it is on the disk: `journal.ndjson` in the run folder, with one JSON document on each line: a head, then entries and the
 * numbers of those that are done. A last line that is cut short was never acted upon.
 */
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ToldError } from '../../evidence/result/told-error.ts';

export const JOURNAL_SCHEMA = 'letitcrash.journal/1';

const identity = z.object({ pid: z.number().int().positive(), start: z.string() });

/** What outlasts a dead harness. `what` is for people: `node n1`. */
const entrySchema = z.discriminatedUnion('kind', [
  /** A process was started. */
  z.object({ kind: z.literal('process'), what: z.string(), process: identity }),
  /** A process is stopped (SIGSTOP), so that it cannot end by itself. */
  z.object({ kind: z.literal('paused'), what: z.string(), process: identity }),
  /** A file in the run folder takes up room that others need. */
  z.object({ kind: z.literal('file'), path: z.string() }),
  /** A folder in the run folder that only the run itself needed. */
  z.object({ kind: z.literal('scratch'), path: z.string() }),
  /** A change to the kernel's tables, made only in an arena, whose end removes it: a mount, an nft table. */
  z.object({ kind: z.literal('namespace'), what: z.string() }),
]);
export type JournalEntry = z.infer<typeof entrySchema>;

const headSchema = z.object({
  schema: z.literal(JOURNAL_SCHEMA),
  /** Absolute path of the run folder. */
  folder: z.string(),
  /** Of the kernel; null if it has none. After a restart of the machine no process is left. */
  bootId: z.string().nullable(),
  /** The run, as seen from outside an arena. */
  harness: identity,
  /** The kernel's name for the pid namespace in which that process id is valid. Null if there is no such thing. */
  pidNamespace: z.string().nullable().default(null),
  /** The pid namespace of the run's own processes: the arena's, or the same. */
  world: z.string().nullable().default(null),
  /** The machine, across reboots; null if it has no name. */
  machineId: z.string().nullable().default(null),
  arena: z.boolean(),
});
export type JournalHead = z.infer<typeof headSchema>;

const lineSchema = z.union([z.object({ number: z.number().int(), entry: entrySchema }), z.object({ done: z.number().int() })]);

export interface ReadJournal {
  readonly head: JournalHead;
  /** What is not undone, in the order in which it was done. */
  readonly open: readonly JournalEntry[];
}

/** A journal that cannot be followed, in words. */
export class JournalError extends ToldError {
  override readonly name = 'JournalError';
}

export function journalPath(runFolder: string): string {
  return join(runFolder, 'journal.ndjson');
}

/** Pointers to the journals of this user's runs. */
export function pointerFolder(env: NodeJS.ProcessEnv = process.env): string {
  const state = env.XDG_STATE_HOME?.startsWith('/') === true ? env.XDG_STATE_HOME : join(homedir(), '.local', 'state');
  return join(state, 'letitcrash', 'runs');
}

/** Null where the kernel has no such thing. */
export function bootId(): string | null {
  return lineOf('/proc/sys/kernel/random/boot_id');
}

/** Null where the machine has no name of its own. */
export function machineId(): string | null {
  return lineOf('/etc/machine-id');
}

function lineOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim() || null;
  } catch {
    return null;
  }
}

/** The journal of a run folder, or null if it has none. @throws JournalError if it belongs to another user or is damaged. */
export function readJournal(runFolder: string, path = journalPath(runFolder)): ReadJournal | null {
  let text: string;
  try {
    const owner = statSync(path).uid;
    if (process.getuid !== undefined && owner !== process.getuid()) throw new JournalError(`${path} belongs to another user`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const [first, ...rest] = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  // Killed before the first line was complete: nothing had been done.
  if (first === undefined) return null;
  const head = parsed(headSchema, first, path);
  const open = new Map<number, JournalEntry>();
  for (const each of rest) {
    const line = parsed(lineSchema, each, path);
    if ('done' in line) open.delete(line.done);
    else open.set(line.number, line.entry);
  }
  return { head, open: [...open.values()] };
}

function parsed<Shape>(schema: z.ZodType<Shape>, line: string, path: string): Shape {
  try {
    return schema.parse(JSON.parse(line));
  } catch {
    throw new JournalError(`${path} is not a journal of letitcrash: ${line.slice(0, 80)}`);
  }
}
