/** The undo journal of one run: what its faults write down, its own processes as they come and go, and its scratch folders. */
import type { Deployment } from '../../../targets/target.ts';
import { RunError } from '../../contracts/run-error.ts';
import { Journal } from '../arena/journal.ts';
import { identify, isAlive, type ProcessIdentity } from '../arena/process-identity.ts';
import { runFolderAt } from '../folder/run-folder.ts';
import type { WorkerPool } from '../load/worker-pool.ts';

/** What a run has started, by name, as far as it is there. */
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

  /** Makes the run folder if there is none. @throws EEXIST when the folder has a journal. */
  constructor(path: string) {
    super(path);
    const { data, observations } = runFolderAt(path);
    this.#scratch = [data, observations].map((path) => this.record({ kind: 'scratch', path }));
  }

  /** Those that are there now; what is gone is crossed out. */
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
      this.#processes.set(key, { process, done: this.record({ kind: 'process', what, process }) });
    }
  }

  /** Once the scratch folders are gone. */
  override close(): ReturnType<Journal['close']> {
    for (const done of this.#scratch) done();
    return super.close();
  }
}

/** @throws RunError for a folder in which another run goes on, or left something behind. */
export function openRunJournal(path: string): RunJournal {
  try {
    return new RunJournal(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new RunError(
      'folder-in-use',
      `${path} holds the journal of another run, which is still running or was killed\n  letitcrash heal ${path}`,
    );
  }
}
