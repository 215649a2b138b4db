import type { Behaviour } from '../behaviour.ts';
import type { Context } from '../context.ts';
import { RuntimeError } from '../exit-reason.ts';
import type { RECEIVE_TIMEOUT } from '../receive.ts';
import type { RequestReference } from '../request.ts';
import type { TimerReference } from '../timer-wheel.ts';
import type { GenStatem, StateFunction, StatemAction, StatemEvent, Transition } from './statem-types.ts';
import { orderFor } from './system-order.ts';

/** Key of a timer: the two that exist once, or a generic one by its name. */
type TimerKey = 'state_timeout' | 'timeout' | `named:${string}`;

interface StatemTimer {
  readonly event: StatemEvent;
  /** Null for a timeout of 0, which is no timer but an event behind those that wait. */
  readonly timer: TimerReference | null;
}

interface TimerFired {
  readonly type: 'statem_timer';
  readonly key: TimerKey;
  readonly timer: StatemTimer;
}

/** All a state machine's process keeps; lists and maps are null while empty, for there may be a process a user. */
export class Statem<Name extends string, Data> {
  name: Name;
  data: Data;
  /** Oldest first. */
  postponed: StatemEvent[] | null = null;
  timers: Map<TimerKey, StatemTimer> | null = null;

  constructor(name: Name, data: Data) {
    this.name = name;
    this.data = data;
  }
}

/**
 * The behaviour of a process that runs this state machine, with gen_statem's order of events: inserted ones (next_event), then
 * postponed ones whose state has come, then timeouts of 0, then the message queue.
 */
export function genStatem<Name extends string, Data, Args>(
  machine: GenStatem<Name, Data, Args>,
): Behaviour<Statem<Name, Data>, unknown, Args> {
  return {
    name: machine.name,
    ...(machine.version === undefined ? {} : { version: machine.version }),
    init(args, context) {
      const { state, data, actions = [] } = machine.init(args, context);
      const statem = new Statem(state, data);
      const run = new EventRun(machine, statem, context);
      run.begin(actions);
      return statem;
    },
    handle(message, statem, context) {
      const order = orderFor(message, context);
      if (order !== null) {
        context.stop(order.stop);
        return statem;
      }
      const event = eventOf(message, statem);
      if (event === null) return statem;
      // Most events meet no timer and change nothing; those need no run of their own.
      if (statem.timers !== null) new EventRun(machine, statem, context).handle(event);
      else {
        const transition = stateFunction(machine, statem)(event, statem.data, context);
        if (transition.kind !== 'keep' || transition.data !== undefined || transition.actions.length > 0)
          new EventRun(machine, statem, context).goOn(event, transition);
      }
      return statem;
    },
    terminate(reason, statem, context) {
      machine.terminate?.(reason, statem.name, statem.data, context);
    },
    codeChange(change, old) {
      if (machine.codeChange === undefined) return old;
      const { state, data } = machine.codeChange(change, old.name, old.data);
      const statem = new Statem(state, data);
      statem.postponed = old.postponed;
      statem.timers = old.timers;
      return statem;
    },
    redact: ({ name, data }) => ({ state: name, data: machine.redact === undefined ? typeof data : machine.redact(name, data) }),
  };
}

/** From one message to the point where nothing is left to do but wait for the next. */
class EventRun<Name extends string, Data> {
  readonly #machine: Pick<GenStatem<Name, Data>, 'states' | 'stateEnter' | 'name'>;
  readonly #statem: Statem<Name, Data>;
  readonly #context: Context;
  #queue: StatemEvent[] = [];
  #zeroTimeouts: TimerKey[] = [];
  #stopped = false;

  constructor(
    machine: Pick<GenStatem<Name, Data>, 'states' | 'stateEnter' | 'name'>,
    statem: Statem<Name, Data>,
    context: Context,
  ) {
    this.#machine = machine;
    this.#statem = statem;
    this.#context = context;
  }

  begin(actions: readonly StatemAction[]): void {
    const inserted = this.#act(actions, null);
    this.#enter(this.#statem.name);
    this.#queue = inserted;
    this.#drain();
  }

  handle(event: StatemEvent): void {
    this.#queue = [event];
    this.#drain();
  }

  /** The state function was called already. */
  goOn(event: StatemEvent, transition: Transition<Name, Data>): void {
    this.#apply(event, transition);
    this.#drain();
  }

  #drain(): void {
    while (!this.#stopped) {
      const event = this.#queue.shift() ?? this.#nextZeroTimeout();
      if (event === undefined) return;
      this.#one(event);
    }
  }

  #one(event: StatemEvent): void {
    if (event.type !== 'timeout') cancelTimer(this.#statem, 'timeout', this.#context);
    this.#apply(event, this.#call(event));
  }

  #apply(event: StatemEvent, transition: Transition<Name, Data>): void {
    const statem = this.#statem;
    const before = statem.name;
    const changed = transition.kind === 'repeat' || (transition.kind === 'next' && transition.state !== before);
    // A change of state cancels the state timeout before the actions may set a new one.
    if (changed) cancelTimer(statem, 'state_timeout', this.#context);
    if (transition.data !== undefined) statem.data = transition.data;
    const inserted = this.#act(transition.actions, event);
    if (transition.kind === 'stop') {
      this.#stopped = true;
      this.#context.stop(transition.reason);
      return;
    }
    if (!changed) {
      if (inserted.length > 0) this.#queue = [...inserted, ...this.#queue];
      return;
    }
    statem.name = transition.state ?? before;
    const retried = statem.postponed ?? [];
    statem.postponed = null;
    this.#queue = [...inserted, ...retried, ...this.#queue];
    this.#enter(before);
  }

  /** The enter call of a new state; it may set timeouts and reply, but not go elsewhere. */
  #enter(from: Name): void {
    if (this.#machine.stateEnter !== true || this.#stopped) return;
    const transition = this.#call({ type: 'enter', content: from });
    const leaves = transition.kind === 'next' && transition.state !== this.#statem.name;
    if (leaves || transition.actions.some((action) => action.do === 'postpone' || action.do === 'next_event')) {
      throw new RuntimeError(
        'badarg',
        `${this.#machine.name}: an enter call may not change the state, postpone or insert events`,
      );
    }
    if (transition.data !== undefined) this.#statem.data = transition.data;
    this.#act(transition.actions, null);
    if (transition.kind !== 'stop') return;
    this.#stopped = true;
    this.#context.stop(transition.reason);
  }

  #call(event: StatemEvent): Transition<Name, Data> {
    return stateFunction(this.#machine, this.#statem)(event, this.#statem.data, this.#context);
  }

  /** Do the actions; returns the events to insert, in order. */
  #act(actions: readonly StatemAction[], event: StatemEvent | null): StatemEvent[] {
    const inserted: StatemEvent[] = [];
    for (const action of actions) {
      switch (action.do) {
        case 'postpone':
          if (event === null) throw new RuntimeError('badarg', `${this.#machine.name}: there is no event to postpone`);
          this.#statem.postponed ??= [];
          this.#statem.postponed.push(event);
          break;
        case 'next_event':
          inserted.push(action.event);
          break;
        case 'reply':
          this.#context.reply(action.from, action.result);
          break;
        case 'state_timeout':
          this.#start('state_timeout', action.afterMs, { type: 'state_timeout', content: action.content });
          break;
        case 'timeout':
          this.#start('timeout', action.afterMs, { type: 'timeout', content: action.content });
          break;
        case 'named_timeout':
          this.#start(`named:${action.name}`, action.afterMs, {
            type: 'named_timeout',
            name: action.name,
            content: action.content,
          });
          break;
        case 'hibernate':
          this.#context.hibernate();
          break;
      }
    }
    return inserted;
  }

  #start(key: TimerKey, afterMs: number, event: StatemEvent): void {
    const statem = this.#statem;
    cancelTimer(statem, key, this.#context);
    if (afterMs === Infinity) return;
    statem.timers ??= new Map();
    if (afterMs <= 0) {
      statem.timers.set(key, { event, timer: null });
      this.#zeroTimeouts = [...this.#zeroTimeouts.filter((other) => other !== key), key];
      return;
    }
    const message: { type: 'statem_timer'; key: TimerKey; timer: StatemTimer | null } = {
      type: 'statem_timer',
      key,
      timer: null,
    };
    message.timer = { event, timer: this.#context.sendAfter(afterMs, this.#context.self, message) };
    statem.timers.set(key, message.timer);
  }

  #nextZeroTimeout(): StatemEvent | undefined {
    for (let key = this.#zeroTimeouts.shift(); key !== undefined; key = this.#zeroTimeouts.shift()) {
      const waiting = this.#statem.timers?.get(key);
      if (waiting === undefined || waiting.timer !== null) continue;
      forget(this.#statem, key);
      return waiting.event;
    }
    return undefined;
  }
}

function stateFunction<Name extends string, Data>(
  machine: Pick<GenStatem<Name, Data>, 'states' | 'name'>,
  statem: Statem<Name, Data>,
): StateFunction<Name, Data> {
  const state = machine.states[statem.name];
  if (state === undefined) throw new RuntimeError('badarg', `${machine.name} has no state ${statem.name}`);
  return state;
}

function cancelTimer(statem: Statem<string, unknown>, key: TimerKey, context: Context): void {
  const running = statem.timers?.get(key);
  if (running === undefined) return;
  if (running.timer !== null) context.cancelTimer(running.timer);
  forget(statem, key);
}

function forget(statem: Statem<string, unknown>, key: TimerKey): void {
  statem.timers?.delete(key);
  if (statem.timers?.size === 0) statem.timers = null;
}

/** The event a message stands for; null for a timer that was cancelled after it had fired. */
function eventOf(message: unknown, statem: Statem<string, unknown>): StatemEvent | null {
  const mail = message as
    | { type: 'call'; from: RequestReference; request: unknown }
    | { type: 'cast'; request: unknown }
    | TimerFired
    | typeof RECEIVE_TIMEOUT;
  if (typeof mail !== 'object' || mail === null) return { type: 'info', content: message };
  if (mail.type === 'call') return { type: 'call', from: mail.from, content: mail.request };
  if (mail.type === 'cast') return { type: 'cast', content: mail.request };
  if (mail.type !== 'statem_timer') return { type: 'info', content: message };
  if (statem.timers?.get(mail.key) !== mail.timer) return null;
  forget(statem, mail.key);
  return mail.timer.event;
}
