import { describe, expect, test } from 'vitest';
import {
  call,
  type EventHandler,
  eventManager,
  type HandlerEnd,
  REMOVE_HANDLER,
  receive,
} from '../../../../targets/reference/runtime/index.ts';
import { createRig, doer } from './rig.ts';

function handler(id: string, log: unknown[]): EventHandler<unknown[], unknown, unknown, unknown> {
  return {
    id,
    init: () => log,
    handleEvent(event, state) {
      if (event === 'crash') throw new Error('crashed');
      if (event === 'leave') return REMOVE_HANDLER;
      state.push(`${id} ${event}`);
      return state;
    },
    handleCall: (request, state) => ({ reply: `${id} answers ${request}`, state }),
    terminate: (end: HandlerEnd, state) => void state.push(`${id} ends: ${end.kind}`),
  };
}

describe('gen_event', () => {
  test('every handler gets every event, the one that was added last first', () => {
    const { run } = createRig();
    const log: unknown[] = [];
    run(function* (context) {
      const manager = context.spawn(eventManager, null);
      yield* call(context, manager, { type: 'add_handler', handler: handler('a', log), args: null });
      yield* call(context, manager, { type: 'add_handler', handler: handler('b', log), args: null });
      context.send(manager, { type: 'notify', event: 1 });
      yield* call(context, manager, { type: 'sync_notify', event: 2 });
    });
    expect(log).toEqual(['b 1', 'a 1', 'b 2', 'a 2']);
  });

  test('a handler that crashes is removed; the manager and the others go on', () => {
    const { run } = createRig();
    const log: unknown[] = [];
    const left = run(function* (context) {
      const manager = context.spawn(eventManager, null);
      const fine = { ...handler('fine', log), handleEvent: (_: unknown, state: unknown[]) => state };
      yield* call(context, manager, { type: 'add_handler', handler: handler('bad', log), args: null });
      yield* call(context, manager, { type: 'add_handler', handler: fine, args: null });
      yield* call(context, manager, { type: 'sync_notify', event: 'crash' });
      return yield* call(context, manager, { type: 'which_handlers' });
    });
    expect(left).toEqual(['fine']);
    expect(log).toEqual(['bad ends: error']);
  });

  test('the process that added a supervised handler is told when it goes, and the handler goes when that process ends', () => {
    const { run } = createRig();
    const log: unknown[] = [];
    const [gone, left] = run(function* (context) {
      const manager = context.spawn(eventManager, null);
      const owner = context.spawn(doer, null);
      yield* call(context, manager, {
        type: 'add_handler',
        handler: handler('mine', log),
        args: null,
        supervisedBy: context.self,
      });
      yield* call(context, manager, { type: 'add_handler', handler: handler('theirs', log), args: null, supervisedBy: owner });
      context.exitSignal(owner, 'kill');
      const handlers = yield* call(context, manager, { type: 'which_handlers' });
      yield* call(context, manager, { type: 'sync_notify', event: 'leave' });
      return [(yield* receive()) as { type: string; handler: string }, handlers];
    });
    expect(left).toEqual(['mine']);
    expect(gone).toMatchObject({ type: 'gen_event_EXIT', handler: 'mine', reason: 'normal' });
    expect(log).toEqual(['theirs ends: owner_down', 'mine ends: remove_handler']);
  });

  test('handlers answer calls, are deleted and swapped, and end with their manager', () => {
    const { run, runtime, platform } = createRig();
    const log: unknown[] = [];
    const answers = run(function* (context) {
      const manager = context.spawn(eventManager, null, { name: 'events' });
      yield* call(context, manager, { type: 'add_handler', handler: handler('a', log), args: null });
      return [
        yield* call(context, manager, { type: 'add_handler', handler: handler('a', log), args: null }),
        yield* call(context, manager, { type: 'call', id: 'a', request: 'q' }),
        yield* call(context, manager, { type: 'call', id: 'z', request: 'q' }),
        yield* call(context, manager, { type: 'swap_handler', id: 'a', args: null, handler: handler('b', log) }),
        yield* call(context, manager, { type: 'delete_handler', id: 'a', args: null }),
      ];
    });
    expect(answers).toEqual([
      { error: 'already_present' },
      { ok: 'a answers q' },
      { error: 'bad_module' },
      'ok',
      { error: 'module_not_found' },
    ]);
    runtime.send('events', { type: 'system', stop: 'normal' });
    platform.settle();
    expect(log).toEqual(['a ends: removed', 'b ends: stop']);
  });
});
