import type { CodeChange } from '../code/code-change.ts';
import type { Context } from '../context.ts';
import type { ExitReason } from '../exit-reason.ts';
import type { RequestReference } from '../request.ts';

/** What a state function is called with, in gen_statem's event types. `enter` carries the state it came from. */
export type StatemEvent =
  | { readonly type: 'call'; readonly from: RequestReference; readonly content: unknown }
  | { readonly type: 'cast'; readonly content: unknown }
  | { readonly type: 'info'; readonly content: unknown }
  | { readonly type: 'internal'; readonly content: unknown }
  | { readonly type: 'state_timeout'; readonly content: unknown }
  /** The event timeout: no event came in time. */
  | { readonly type: 'timeout'; readonly content: unknown }
  /** A generic timeout, by its name. */
  | { readonly type: 'named_timeout'; readonly name: string; readonly content: unknown }
  | { readonly type: 'enter'; readonly content: string };

/** Transition actions; done in the order given. A timeout of Infinity cancels it, a new one replaces it. */
export type StatemAction =
  /** Keep this event until the state changes. */
  | { readonly do: 'postpone' }
  /** Handle this event next, before any that waits. */
  | { readonly do: 'next_event'; readonly event: StatemEvent }
  | { readonly do: 'reply'; readonly from: RequestReference; readonly result: unknown }
  /** Cancelled by a change of state. */
  | { readonly do: 'state_timeout'; readonly afterMs: number; readonly content?: unknown }
  /** Cancelled by any event. */
  | { readonly do: 'timeout'; readonly afterMs: number; readonly content?: unknown }
  /** Cancelled by nothing but itself. */
  | { readonly do: 'named_timeout'; readonly name: string; readonly afterMs: number; readonly content?: unknown }
  | { readonly do: 'hibernate' };

/** What a state function returns. Built by `nextState`, `keepState`, `repeatState`, `stopStatem`. */
export interface Transition<Name extends string, Data> {
  readonly kind: 'next' | 'keep' | 'repeat' | 'stop';
  readonly state?: Name;
  readonly data?: Data;
  readonly reason?: ExitReason;
  readonly actions: readonly StatemAction[];
}

export type StateFunction<Name extends string, Data> = (
  event: StatemEvent,
  data: Data,
  context: Context,
) => Transition<Name, Data>;

export interface GenStatem<Name extends string, Data, Args = unknown> {
  readonly name: string;
  readonly version?: string | number;
  /** Call the state function with an `enter` event at every change of state, and at the start. */
  readonly stateEnter?: boolean;
  init(args: Args, context: Context): { readonly state: Name; readonly data: Data; readonly actions?: readonly StatemAction[] };
  /** One function a state. */
  readonly states: Readonly<Record<Name, StateFunction<Name, Data>>>;
  terminate?(reason: ExitReason, state: Name, data: Data, context: Context): void;
  codeChange?(change: CodeChange, state: Name, data: Data): { readonly state: Name; readonly data: Data };
  redact?(state: Name, data: Data): unknown;
}

const none: readonly never[] = [];

/** Go to a state (its events postponed so far are retried if it is another one). */
export function nextState<Name extends string, Data>(
  state: Name,
  data: Data,
  ...actions: StatemAction[]
): Transition<Name, Data> {
  return { kind: 'next', state, data, actions };
}

/** Stay, with the same data. */
export function keepState(...actions: StatemAction[]): Transition<never, never> {
  return { kind: 'keep', actions };
}

/** Stay, with new data. */
export function keepStateWith<Data>(data: Data, ...actions: StatemAction[]): Transition<never, Data> {
  return { kind: 'keep', data, actions };
}

/** Stay, but as if it had just been entered: `enter` is called and postponed events are retried. */
export function repeatState<Data>(data: Data, ...actions: StatemAction[]): Transition<never, Data> {
  return { kind: 'repeat', data, actions };
}

/** End; the replies among the actions are sent before `terminate` is called (stop_and_reply). */
export function stopStatem(reason: ExitReason = 'normal', ...actions: StatemAction[]): Transition<never, never> {
  return { kind: 'stop', reason, actions: actions.length === 0 ? none : actions };
}
