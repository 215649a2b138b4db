import type { CodeChange } from './code/code-change.ts';
import type { Context } from './context.ts';
import type { ExitReason } from './exit-reason.ts';

/**
 * The code of a process. Handlers are synchronous and take turns: nothing else runs meanwhile, and nothing may be awaited.
 * What they throw ends the process (`let it crash`); a context's `stop` and `exit` end it on purpose.
 */
export interface Behaviour<State = unknown, Message = unknown, Args = unknown> {
  readonly name: string;
  /** Which version of the code this is; shown in process lists and given to `codeChange`. */
  readonly version?: string | number;
  /** Runs in the new process, before any message. Returns the first state. */
  init(args: Args, context: Context): State;
  /** True when the process itself says that it has started (`context.started`); otherwise the end of `init` says so. */
  readonly acknowledgesStart?: boolean;
  /** Handles one message; returns the next state. */
  handle(message: Message, state: State, context: Context): State;
  /**
   * Called when the process ends by its own doing (it threw, or called `stop` or `exit`); not when an exit signal ends it.
   * To clean up after a signal too, trap exits, or monitor the process from outside.
   */
  terminate?(reason: ExitReason, state: State, context: Context): void;
  /**
   * Turns the state of another version into this one's (up), or this one's into that of an older version (down). What it throws
   * leaves the process with the code and the state it had. It must not change the state it is given: return a new one.
   */
  codeChange?(change: CodeChange, state: State): State;
  /** What a crash report may show of the state; without it only the type of each field is shown. */
  redact?(state: State): unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: processes of every kind of state and message live in one table
export type AnyBehaviour = Behaviour<any, any, any>;
