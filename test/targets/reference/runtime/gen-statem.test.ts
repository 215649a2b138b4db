/** The cases of OTP's gen_statem_SUITE that are about the order of events, under their names there. */
import { describe, expect, test } from 'vitest';
import {
  type CallOutcome,
  type Context,
  type GenStatem,
  genStatem,
  keepState,
  nextState,
  type Pid,
  receive,
  repeatState,
  type StatemAction,
  type StatemEvent,
  stopStatem,
  type Transition,
} from '../../../../targets/reference/runtime/index.ts';
import { createRig } from './rig.ts';

type Name = 'one' | 'two' | 'three';
/** What to do with an event, decided by the test. */
type Plan = (event: StatemEvent, state: Name, context: Context) => Transition<Name, Log> | undefined;
type Log = string[];

function label(event: StatemEvent): string {
  const { content } = event;
  return event.type === 'named_timeout' ? `timeout ${event.name}` : `${event.type} ${String(content)}`;
}

/** A machine that logs every event with its state and then does what the plan says. */
function machine(plan: Plan, more: Partial<GenStatem<Name, Log, Log>> = {}): GenStatem<Name, Log, Log> {
  const state =
    (name: Name) =>
    (event: StatemEvent, data: Log, context: Context): Transition<Name, Log> => {
      data.push(`${name}: ${label(event)}`);
      return plan(event, name, context) ?? keepState();
    };
  return {
    name: 'machine',
    init: (log) => ({ state: 'one', data: log }),
    states: { one: state('one'), two: state('two'), three: state('three') },
    ...more,
  };
}

function started(plan: Plan, more: Partial<GenStatem<Name, Log, Log>> = {}) {
  const rig = createRig();
  const log: Log = [];
  const pid: Pid = rig.runtime.spawn(genStatem(machine(plan, more)), log);
  rig.platform.settle();
  const send = (...messages: unknown[]): void => {
    for (const message of messages) rig.runtime.send(pid, message);
    rig.platform.settle();
  };
  return { ...rig, log, pid, send };
}

const internal = (content: unknown): StatemAction => ({ do: 'next_event', event: { type: 'internal', content } });

describe('gen_statem_SUITE', () => {
  test('event_order: inserted events come first, then postponed ones, then timeouts of 0, then the message queue', () => {
    const { log, send } = started((event, state) => {
      if (event.type !== 'info' || state !== 'one') return undefined;
      if (event.content === 'p1' || event.content === 'p2') return keepState({ do: 'postpone' });
      return nextState<Name, Log>(
        'two',
        log,
        internal('i1'),
        { do: 'state_timeout', afterMs: 0, content: 'zero' },
        internal('i2'),
      );
    });
    send('p1', 'p2', 'go', 'behind');
    expect(log.slice(3)).toEqual([
      'two: internal i1',
      'two: internal i2',
      'two: info p1',
      'two: info p2',
      'two: state_timeout zero',
      'two: info behind',
    ]);
  });

  test('event_order: postponed events wait until the state really changes', () => {
    const { log, send } = started((event, state) => {
      if (state === 'one' && event.content === 'p') return keepState({ do: 'postpone' });
      if (event.content === 'same') return nextState<Name, Log>('one', log);
      return event.content === 'go' ? nextState<Name, Log>('two', log) : undefined;
    });
    send('p', 'same', 'go');
    expect(log).toEqual(['one: info p', 'one: info same', 'one: info go', 'two: info p']);
  });

  test('event_order: an event that is postponed while the state changes is retried at once in the new state', () => {
    const { log, send } = started((event, state) =>
      state === 'one' && event.content === 'x' ? nextState<Name, Log>('two', log, { do: 'postpone' }) : undefined,
    );
    send('x', 'y');
    expect(log).toEqual(['one: info x', 'two: info x', 'two: info y']);
  });

  test('next_events: events inserted by an inserted event come before the rest of those inserted', () => {
    const { log, send } = started((event) => {
      if (event.content === 'go') return keepState(internal('a'), internal('b'));
      return event.content === 'a' ? keepState(internal('a1'), internal('a2')) : undefined;
    });
    send('go');
    expect(log.slice(1)).toEqual(['one: internal a', 'one: internal a1', 'one: internal a2', 'one: internal b']);
  });

  test('stop_and_reply: replies are sent before the machine ends', () => {
    const { run } = createRig();
    const outcomes = run(function* (context) {
      const pid = context.spawn(
        genStatem(
          machine((event) =>
            event.type === 'call' ? stopStatem('normal', { do: 'reply', from: event.from, result: 'bye' }) : undefined,
          ),
        ),
        [],
      );
      const ref = context.call(pid, 'end');
      const down = context.monitor(pid);
      const isOurs = (message: unknown) =>
        (message as { ref?: unknown }).ref === ref || (message as { ref?: unknown }).ref === down;
      return [(yield* receive(isOurs)) as CallOutcome, (yield* receive(isOurs)) as { type: string; reason?: unknown }];
    });
    expect(outcomes).toMatchObject([
      { type: 'reply', result: 'bye' },
      { type: 'DOWN', reason: 'normal' },
    ]);
  });

  test('stop_and_reply: waiting events are not handled any more', () => {
    const { log, send, runtime, pid } = started((event) =>
      event.content === 'stop' ? stopStatem('normal', internal('never')) : undefined,
    );
    send('stop', 'behind');
    expect(log).toEqual(['one: info stop']);
    expect(runtime.isAlive(pid)).toBe(false);
  });

  test('state_timeout: it fires in its state, and a change of state cancels it', () => {
    const { log, send, platform } = started((event) => {
      if (event.content === 'arm') return keepState({ do: 'state_timeout', afterMs: 100, content: 't' });
      return event.content === 'leave' ? nextState<Name, Log>('two', log) : undefined;
    });
    send('arm');
    platform.advance(101);
    send('arm', 'leave');
    platform.advance(1000);
    expect(log).toEqual(['one: info arm', 'one: state_timeout t', 'one: info arm', 'one: info leave']);
  });

  test('state_timeout: setting it again replaces it, and Infinity cancels it', () => {
    const { log, send, platform } = started((event) =>
      event.type === 'info'
        ? keepState({ do: 'state_timeout', afterMs: event.content as number, content: event.content })
        : undefined,
    );
    send(100, 200);
    platform.advance(150);
    expect(log).toHaveLength(2);
    platform.advance(51);
    expect(log.at(-1)).toBe('one: state_timeout 200');
    send(100, Number.POSITIVE_INFINITY);
    platform.advance(1000);
    expect(log).toHaveLength(5);
  });

  test('event_timeout: any event cancels it', () => {
    const { log, send, platform } = started((event) =>
      event.content === 'arm' ? keepState({ do: 'timeout', afterMs: 100, content: 't' }) : undefined,
    );
    send('arm');
    platform.advance(50);
    send('other');
    platform.advance(1000);
    send('arm');
    platform.advance(101);
    expect(log).toEqual(['one: info arm', 'one: info other', 'one: info arm', 'one: timeout t']);
  });

  test('event_timeout: one of 0 fires only if nothing else waits in the machine', () => {
    const { log, send } = started((event) => {
      if (event.content === 'busy') return keepState({ do: 'timeout', afterMs: 0, content: 't' }, internal('work'));
      return event.content === 'free' ? keepState({ do: 'timeout', afterMs: 0, content: 't' }) : undefined;
    });
    send('busy');
    expect(log).toEqual(['one: info busy', 'one: internal work']);
    send('free');
    expect(log.slice(2)).toEqual(['one: info free', 'one: timeout t']);
  });

  test('generic_timers: several run side by side by name and survive a change of state', () => {
    const { log, send, platform } = started((event) => {
      if (event.content !== 'go') return undefined;
      return nextState<Name, Log>(
        'two',
        log,
        { do: 'named_timeout', name: 'a', afterMs: 100 },
        { do: 'named_timeout', name: 'b', afterMs: 50 },
      );
    });
    send('go');
    platform.advance(200);
    expect(log).toEqual(['one: info go', 'two: timeout b', 'two: timeout a']);
  });

  test('state_enter: enter is called at the start, at a change of state and at repeat_state, with the state it came from', () => {
    const { log, send } = started(
      (event, state) => {
        if (event.content === 'go') return nextState<Name, Log>('two', log, internal('next'));
        return event.content === 'again' && state === 'two' ? repeatState(log) : undefined;
      },
      { stateEnter: true },
    );
    send('go', 'again');
    expect(log).toEqual([
      'one: enter one',
      'one: info go',
      'two: enter one',
      'two: internal next',
      'two: info again',
      'two: enter two',
    ]);
  });

  test('state_enter: an enter call that tries to change the state ends the machine', () => {
    const { runtime, pid } = started((event) => (event.type === 'enter' ? nextState<Name, Log>('two', []) : undefined), {
      stateEnter: true,
    });
    expect(runtime.isAlive(pid)).toBe(false);
    expect(runtime.crashReports().at(-1)?.reason).toMatchObject({ kind: 'error' });
  });

  test('terminate: it receives the reason, the state and the data', () => {
    const ends: unknown[] = [];
    const { send, log } = started(
      (event) => {
        if (event.content === 'go') return nextState<Name, Log>('three', log);
        return event.content === 'stop' ? stopStatem('done') : undefined;
      },
      { terminate: (reason, state) => void ends.push([reason, state]) },
    );
    send('go', 'stop');
    expect(ends).toEqual([['done', 'three']]);
  });

  test('code_change: state and data are translated, postponed events and timers are kept', () => {
    const old = started((event) => {
      if (event.content === 'arm') return keepState({ do: 'named_timeout', name: 'kept', afterMs: 100 });
      return event.content === 'later' ? keepState({ do: 'postpone' }) : undefined;
    });
    old.send('later', 'arm');
    const next = genStatem(
      machine(
        (event, state) => (event.content === 'go' && state === 'two' ? nextState<Name, Log>('three', old.log) : undefined),
        {
          version: 2,
          codeChange: (change, state, data) => {
            data.push(`change to ${change.to} in ${state}`);
            return { state: 'two', data };
          },
        },
      ),
    );
    old.runtime.suspend(old.pid);
    expect(old.runtime.changeCode(old.pid, next)).toEqual({ ok: true });
    old.runtime.resume(old.pid);
    old.send('go');
    old.platform.advance(101);
    expect(old.log.slice(2)).toEqual(['change to 2 in one', 'two: info go', 'three: info later', 'three: timeout kept']);
  });
});
