/** The undo journal of one run: what its faults record, its own processes as they come and go, and its scratch folders. */
import { existsSync } from 'node:fs';
import type { Deployment } from '../../../targets/target.ts';
import { RunError } from '../../contracts/run-error.ts';
import { errorText } from '../../evidence/result/printable.ts';
import { Journal, journalError } from '../arena/journal.ts';
import { type JournalEntry, journalPath } from '../arena/journal-file.ts';
import { identify, isAlive, type ProcessIdentity } from '../arena/process-identity.ts';
import { removeEmptyFolder, runFolderAt } from '../folder/run-folder.ts';
import type { WorkerPool } from '../load/worker-pool.ts';

/** What a run has started, by name, as far as it exists. */
export function processesOf(
  deployment: Pick<Deployment, 'nodes'> | null,
  pool: Pick<WorkerPool, 'osPids'> | null,
  http: Pick<WorkerPool, 'osPids'> | null = null,
): readonly (readonly [what: string, osPid: number])[] {
  const nodes = (deployment?.nodes ?? []).flatMap(({ name, osPid }) =>
    osPid === null ? [] : [[`node ${name}`, osPid] as const],
  );
  const workers = (pool?.osPids ?? []).map((osPid, worker) => [`load worker ${worker}`, osPid] as const);
  const generators = (http?.osPids ?? []).map((osPid, index) => [`HTTP generator ${index}`, osPid] as const);
  return [...nodes, ...workers, ...generators];
}

export class RunJournal extends Journal {
  readonly #processes = new Map<string, { readonly process: ProcessIdentity; readonly done: () => void }>();
  readonly #scratch: readonly (() => void)[];
  readonly #onUnwritten: (message: string) => void;
  #isUnwritten = false;

  /** Makes the run folder if there is none. @throws EEXIST when the folder has a journal. */
  constructor(path: string, onUnwritten: (message: string) => void) {
    super(path);
    this.#onUnwritten = onUnwritten;
    const { data, observations } = runFolderAt(path);
    this.#scratch = [data, observations].map((path) => this.record({ kind: 'scratch', path }));
  }

  /** The processes that exist now; those that are gone are crossed out. */
  processes(present: readonly (readonly [what: string, osPid: number])[]): void {
    for (const [key, { process, done }] of this.#processes) {
      if (isAlive(process)) continue;
      done();
      this.#processes.delete(key);
    }
    for (const [what, osPid] of present) {
      const process = identify(osPid);
      if (process === null) continue;
      const key = `${process.pid} ${process.start}`;
      if (this.#processes.has(key)) continue;
      const done = this.#recorded({ kind: 'process', what, process });
      if (done !== null) this.#processes.set(key, { process, done });
    }
  }

  /** Null, and reported once, if it cannot be written: the process exists nevertheless, and the run that owns it ends it. */
  #recorded(entry: JournalEntry): (() => void) | null {
    try {
      return this.record(entry);
    } catch (error) {
      if (!this.#isUnwritten) this.#onUnwritten(`what this run starts can no longer be recorded for heal: ${errorText(error)}`);
      this.#isUnwritten = true;
      return null;
    }
  }

  /** Once the scratch folders are gone. */
  override close(): ReturnType<Journal['close']> {
    for (const done of this.#scratch) done();
    return super.close();
  }
}

/**
 * `onUnwritten` is called once if it can no longer be written. @throws RunError for a folder in which another run is going on, or left
 * something behind.
 */
export function openRunJournal(path: string, onUnwritten: (message: string) => void): RunJournal {
  const wasThere = existsSync(path);
  try {
    return new RunJournal(path, onUnwritten);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      if (!wasThere) removeEmptyFolder(path);
      throw journalError(journalPath(path), error);
    }
    throw new RunError(
      'folder-in-use',
      `${path} holds the journal of another run, which is still running or was killed\n  letitcrash heal ${path}`,
    );
  }
}
