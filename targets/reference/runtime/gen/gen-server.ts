import type { Behaviour } from '../behaviour.ts';
import type { CodeChange } from '../code/code-change.ts';
import type { Context } from '../context.ts';
import type { ProcessName } from '../destination.ts';
import { type ExitReason, RuntimeError } from '../exit-reason.ts';
import { RECEIVE_TIMEOUT } from '../receive.ts';
import type { RequestReference } from '../request.ts';
import { orderFor } from './system-order.ts';

/** What `handleInfo` gets when the time given to `context.idleTimeout` passed without a message. */
export const IDLE = Object.freeze({ type: 'timeout' as const });

/**
 * A server in gen_server's terms. Callbacks return the next state; what gen_server says with its return tuples is said to the
 * context: `{reply, R, S}` is `context.reply(from, R)`, now or later; `{noreply, S, T}` is `context.idleTimeout(T)`;
 * `{stop, R, S}` is `context.stop(R)`; `hibernate` is `context.hibernate()`; `ignore` is `context.ignore()` in init.
 */
export interface GenServer<State, Args = unknown, Call = unknown, Cast = unknown, Info = unknown> {
  readonly name: string;
  readonly version?: string | number;
  init(args: Args, context: Context): State;
  handleCall?(request: Call, from: RequestReference, state: State, context: Context): State;
  handleCast?(request: Cast, state: State, context: Context): State;
  /** Every other message: from timers, monitors, ports. Without it they are dropped. */
  handleInfo?(message: Info, state: State, context: Context): State;
  /** Also called, other than for a plain behaviour, when it traps exits and its parent ends. */
  terminate?(reason: ExitReason, state: State, context: Context): void;
  codeChange?(change: CodeChange, state: State): State;
  redact?(state: State): unknown;
}

type Mail =
  | { readonly type: 'call'; readonly from: RequestReference; readonly request: unknown }
  | { readonly type: 'cast'; readonly request: unknown }
  | { readonly type: undefined };

/** The behaviour of a process that runs this server. */
export function genServer<State, Args, Call, Cast, Info>(
  server: GenServer<State, Args, Call, Cast, Info>,
): Behaviour<State, unknown, Args> {
  return {
    ...(server as Pick<GenServer<State, Args>, 'name' | 'terminate' | 'codeChange' | 'redact'>),
    init: (args, context) => server.init(args, context),
    handle(message, state, context) {
      if (message === RECEIVE_TIMEOUT)
        return server.handleInfo === undefined ? state : server.handleInfo(IDLE as Info, state, context);
      const mail = (typeof message === 'object' && message !== null ? message : {}) as Mail;
      if (mail.type === 'call') {
        if (server.handleCall === undefined) throw new RuntimeError('badarg', `${server.name} answers no calls`);
        return server.handleCall(mail.request as Call, mail.from, state, context);
      }
      if (mail.type === 'cast') {
        if (server.handleCast === undefined) throw new RuntimeError('badarg', `${server.name} takes no casts`);
        return server.handleCast(mail.request as Cast, state, context);
      }
      const order = orderFor(message, context);
      if (order !== null) {
        context.stop(order.stop);
        return state;
      }
      return server.handleInfo === undefined ? state : server.handleInfo(message as Info, state, context);
    },
  };
}

/** Send a request that wants no answer. To a name that nobody has it vanishes, as gen_server:cast does. */
export function cast(context: Context, to: ProcessName, request: unknown): void {
  context.send(typeof to === 'string' ? { name: to, node: context.node } : to, { type: 'cast', request });
}
