/**
 * An event manager in gen_event's terms: one process, any number of handlers, each with its own state. A handler that crashes is
 * removed; the manager and the others go on.
 */
import type { Behaviour } from '../behaviour.ts';
import type { Context } from '../context.ts';
import { type ExitReason, reasonOfThrown } from '../exit-reason.ts';
import type { ExitMessage } from '../messages.ts';
import type { Pid } from '../pid.ts';
import { orderFor } from './system-order.ts';

/** Returned by a handler that wants to be taken out. */
export const REMOVE_HANDLER: unique symbol = Symbol('remove handler');

/** Why a handler's terminate is called. */
export type HandlerEnd =
  | { readonly kind: 'removed'; readonly args: unknown }
  | { readonly kind: 'remove_handler' }
  | { readonly kind: 'stop' | 'error' | 'owner_down'; readonly reason: ExitReason };

export interface EventHandler<State = unknown, Event = unknown, Call = unknown, Args = unknown> {
  /** Unique in its manager. */
  readonly id: string;
  init(args: Args, context: Context): State;
  handleEvent(event: Event, state: State, context: Context): State | typeof REMOVE_HANDLER;
  handleCall?(request: Call, state: State, context: Context): { readonly reply: unknown; readonly state: State };
  handleInfo?(message: unknown, state: State, context: Context): State | typeof REMOVE_HANDLER;
  terminate?(end: HandlerEnd, state: State, context: Context): unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: a manager holds handlers of every kind of state
type AnyHandler = EventHandler<any, any, any, any>;

interface Installed {
  readonly handler: AnyHandler;
  /** Who added it under supervision (add_sup_handler); is told when it goes. */
  readonly owner: Pid | null;
  state: unknown;
}

/** A supervised handler is gone: gen_event's `{gen_event_EXIT, Handler, Reason}`. */
export interface HandlerGone {
  readonly type: 'gen_event_EXIT';
  readonly manager: Pid;
  readonly handler: string;
  readonly reason: ExitReason;
}

/** Calls: `context.call(manager, request)`. */
export type EventManagerRequest =
  | { readonly type: 'add_handler'; readonly handler: AnyHandler; readonly args: unknown; readonly supervisedBy?: Pid }
  | { readonly type: 'delete_handler'; readonly id: string; readonly args: unknown }
  | { readonly type: 'swap_handler'; readonly id: string; readonly args: unknown; readonly handler: AnyHandler }
  | { readonly type: 'call'; readonly id: string; readonly request: unknown }
  | { readonly type: 'sync_notify'; readonly event: unknown }
  | { readonly type: 'which_handlers' };

/** The manager's process takes `{type: 'notify', event}` and the calls above; spawn it with null. */
export const eventManager: Behaviour<Installed[], unknown, null> = {
  name: 'event manager',
  init(_, context) {
    context.trapExit(true);
    return [];
  },
  handle(message, handlers, context) {
    const order = orderFor(message, context);
    if (order !== null) {
      context.stop(order.stop);
      return handlers;
    }
    const mail = message as { type?: unknown; event?: unknown; from?: unknown; request?: unknown } | null;
    if (mail?.type === 'notify') return notify(handlers, mail.event, context);
    if (mail?.type === 'call') {
      const { handlers: left, reply } = answer(handlers, mail.request as EventManagerRequest, context);
      context.reply(mail.from as Parameters<Context['reply']>[0], reply);
      return left;
    }
    if (mail?.type === 'EXIT') return ownerDown(handlers, message as ExitMessage, context);
    return each(handlers, context, ({ handler, state }) => handler.handleInfo?.(message, state, context) ?? state);
  },
  terminate(reason, handlers, context) {
    for (const installed of handlers) end(installed, { kind: 'stop', reason }, context);
  },
  redact: (handlers) => handlers.map(({ handler }) => handler.id),
};

function notify(handlers: Installed[], event: unknown, context: Context): Installed[] {
  return each(handlers, context, ({ handler, state }) => handler.handleEvent(event, state, context));
}

/** The latest added handler first, as in OTP. Those that crash or ask for it are taken out. */
function each(handlers: Installed[], context: Context, step: (installed: Installed) => unknown): Installed[] {
  return handlers.filter((installed) => {
    try {
      const state = step(installed);
      if (state === REMOVE_HANDLER) {
        end(installed, { kind: 'remove_handler' }, context);
        tell(installed, 'normal', context);
        return false;
      }
      installed.state = state;
      return true;
    } catch (thrown) {
      const reason = reasonOfThrown(thrown);
      end(installed, { kind: 'error', reason }, context);
      tell(installed, reason, context);
      return false;
    }
  });
}

function answer(
  handlers: Installed[],
  request: EventManagerRequest,
  context: Context,
): { readonly handlers: Installed[]; readonly reply: unknown } {
  switch (request.type) {
    case 'add_handler':
      return add(handlers, { handler: request.handler, args: request.args, owner: request.supervisedBy ?? null }, context);
    case 'delete_handler': {
      const found = handlers.find(({ handler }) => handler.id === request.id);
      if (found === undefined) return { handlers, reply: { error: 'module_not_found' } };
      const result = end(found, { kind: 'removed', args: request.args }, context);
      tell(found, 'normal', context);
      return { handlers: handlers.filter((other) => other !== found), reply: { ok: result } };
    }
    case 'swap_handler': {
      const found = handlers.find(({ handler }) => handler.id === request.id);
      const handedOver =
        found === undefined ? { error: 'module_not_found' } : end(found, { kind: 'removed', args: request.args }, context);
      const others = handlers.filter((other) => other !== found);
      return add(
        others,
        { handler: request.handler, args: { args: request.args, handedOver }, owner: found?.owner ?? null },
        context,
      );
    }
    case 'call': {
      const found = handlers.find(({ handler }) => handler.id === request.id);
      if (found?.handler.handleCall === undefined) return { handlers, reply: { error: 'bad_module' } };
      let reply: unknown = { error: 'crashed' };
      const left = each(handlers, context, (installed) => {
        if (installed !== found) return installed.state;
        const answered = installed.handler.handleCall?.(request.request, installed.state, context);
        reply = { ok: answered?.reply };
        return answered?.state;
      });
      return { handlers: left, reply };
    }
    case 'sync_notify':
      return { handlers: notify(handlers, request.event, context), reply: 'ok' };
    case 'which_handlers':
      return { handlers, reply: handlers.map(({ handler }) => handler.id) };
  }
}

function add(
  handlers: Installed[],
  { handler, args, owner }: { readonly handler: AnyHandler; readonly args: unknown; readonly owner: Pid | null },
  context: Context,
): { readonly handlers: Installed[]; readonly reply: unknown } {
  if (handlers.some((other) => other.handler.id === handler.id)) return { handlers, reply: { error: 'already_present' } };
  try {
    const installed: Installed = { handler, owner, state: handler.init(args, context) };
    if (owner !== null) context.link(owner);
    return { handlers: [installed, ...handlers], reply: 'ok' };
  } catch (thrown) {
    return { handlers, reply: { error: reasonOfThrown(thrown) } };
  }
}

function ownerDown(handlers: Installed[], exit: ExitMessage, context: Context): Installed[] {
  return handlers.filter((installed) => {
    if (installed.owner === null || installed.owner !== exit.from) return true;
    end(installed, { kind: 'owner_down', reason: exit.reason }, context);
    return false;
  });
}

function end(installed: Installed, why: HandlerEnd, context: Context): unknown {
  try {
    return installed.handler.terminate?.(why, installed.state, context);
  } catch (thrown) {
    return reasonOfThrown(thrown);
  }
}

function tell(installed: Installed, reason: ExitReason, context: Context): void {
  if (installed.owner === null) return;
  const gone: HandlerGone = { type: 'gen_event_EXIT', manager: context.self, handler: installed.handler.id, reason };
  context.send(installed.owner, gone);
}
