/**
 * A process of this run that puts pressure on the machine: started by this process, recorded in the journal, ended by its handle. It ends
 * by itself when this process is gone.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Recorder } from '../../arena/journal.ts';
import { identify, isAlive, type ProcessIdentity } from '../../arena/process-identity.ts';
import { answerOf } from '../../tools/child-answer.ts';
import { handOver } from '../../tools/hand-over.ts';

/** The programs, files beside this one. Compiled, they are JavaScript like this file itself. */
type Program = 'spinner' | 'ballast';

const ANSWER_WITHIN_MS = 60_000;

interface Started {
  readonly child: ChildProcess;
  readonly program: Program;
  readonly identity: ProcessIdentity;
  /** Resolves when it has ended. */
  readonly gone: Promise<void>;
  /** Strikes it out of the journal. */
  readonly done: () => void;
}

export class OwnedChild {
  readonly identity: ProcessIdentity;
  readonly #child: ChildProcess;
  readonly #program: Program;
  readonly #gone: Promise<void>;
  readonly #done: () => void;

  private constructor(started: Started) {
    this.#child = started.child;
    this.#program = started.program;
    this.#gone = started.gone;
    this.identity = started.identity;
    this.#done = started.done;
  }

  /** Resolves when the program reports that it has begun. @throws if it does not; nothing is then left. */
  static async start(program: Program, args: readonly string[], journal: Recorder): Promise<OwnedChild> {
    const entry = fileURLToPath(new URL(`./${program}${extname(import.meta.url)}`, import.meta.url));
    const child = fork(entry, args, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    const owned = handOver(child, () => {
      const identity = child.pid === undefined ? null : identify(child.pid);
      if (identity === null) throw new Error(`the ${program} could not be started`);
      const done = journal.record({ kind: 'process', what: program, process: identity });
      return new OwnedChild({ child, program, gone, identity, done });
    });
    try {
      await answerOf(child, `the ${program}`, ANSWER_WITHIN_MS);
      return owned;
    } catch (error) {
      await owned.end();
      throw error;
    }
  }

  /** Sends it a message; resolves when it answers. @throws if it does not. */
  async ask(message: number): Promise<void> {
    const answered = answerOf(this.#child, `the ${this.#program}`, ANSWER_WITHIN_MS);
    this.#child.send(message);
    await answered;
  }

  /** SIGKILL; resolves when the kernel has reaped it, with whether it is really gone. */
  async end(): Promise<boolean> {
    this.#child.kill('SIGKILL');
    await this.#gone;
    const gone = !isAlive(this.identity);
    if (gone) this.#done();
    return gone;
  }
}

/** Starts several; if one fails, the others are ended. */
export async function startAll(starts: readonly (() => Promise<OwnedChild>)[]): Promise<readonly OwnedChild[]> {
  const outcomes = await Promise.allSettled(starts.map((start) => start()));
  const children = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined) return children;
  await Promise.all(children.map((child) => child.end()));
  throw failed.reason;
}
