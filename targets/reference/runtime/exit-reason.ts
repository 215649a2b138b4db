/** Why a process ended. Atoms of Erlang are strings; `{shutdown, Term}` is `{kind: 'shutdown', term}`. Any other term is allowed. */
export type ExitReason =
  | 'normal'
  | 'kill' // asked for by an exit signal; what others then see is `killed`
  | 'killed'
  | 'noproc' // there is no such process
  | 'noconnection' // the node it lives on cannot be reached
  | 'shutdown'
  | 'runaway' // a handler did not return and was interrupted
  | { readonly kind: 'shutdown'; readonly term: unknown }
  | { readonly kind: 'error'; readonly message: string; readonly stack: string } // something threw an Error
  | { readonly kind: 'nocatch'; readonly term: unknown } // something threw a value that is no Error
  | (string & {})
  | { readonly [key: string]: unknown };

/** Thrown to leave a handler and end the process with a reason; what `exit/1` is in Erlang. Carries no stack: it is no error. */
export class ProcessExit {
  readonly reason: ExitReason;

  constructor(reason: ExitReason) {
    this.reason = reason;
  }
}

/** An operation of the runtime was called with something it cannot work with: Erlang's `badarg`, `noproc` and the like. */
export class RuntimeError extends Error {
  readonly code: 'badarg' | 'noproc' | 'system_limit';

  constructor(code: RuntimeError['code'], message: string) {
    super(message);
    this.name = 'RuntimeError';
    this.code = code;
  }
}

/** `{shutdown, Term}`: an orderly end that supervisors do not report, with something to say. */
export function shutdown(term: unknown): ExitReason {
  return { kind: 'shutdown', term };
}

/** The exit reason of a process whose handler threw `thrown`. */
export function reasonOfThrown(thrown: unknown): ExitReason {
  if (thrown instanceof ProcessExit) return thrown.reason;
  if (thrown instanceof Error) {
    return { kind: 'error', message: `${thrown.name}: ${thrown.message}`, stack: ownFrames(thrown.stack ?? '') };
  }
  return { kind: 'nocatch', term: thrown };
}

/** The stack down to the handler; below it is the scheduler, the same for everybody. */
function ownFrames(stack: string): string {
  const below = stack.search(/\n[^\n]*[/\\]runtime[/\\]scheduler\./);
  return below < 0 ? stack : stack.slice(0, below);
}

/** normal, shutdown and {shutdown, Term}: an end that a transient child does not come back from and nobody reports. */
export function isOrderly(reason: ExitReason): boolean {
  return reason === 'normal' || reason === 'shutdown' || (typeof reason === 'object' && reason.kind === 'shutdown');
}
