import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Behaviour, RECEIVE_TIMEOUT, receive } from '../../../../targets/reference/runtime/index.ts';
import { createRig } from './rig.ts';

describe('selective receive', () => {
  test('takes the oldest message that matches and leaves the others in order, in whatever order messages are received', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 60 }), fc.array(fc.nat(3), { maxLength: 60 }), (kinds, wanted) => {
        const { run } = createRig();
        const messages = kinds.map((kind, n) => ({ kind, n }));
        const model = [...messages];
        const expected = wanted.map((kind) => {
          const at = model.findIndex((message) => message.kind === kind);
          return at < 0 ? RECEIVE_TIMEOUT : model.splice(at, 1)[0];
        });
        const received = run(function* (context) {
          for (const message of messages) context.send(context.self, message);
          const got: unknown[] = [];
          for (const kind of wanted) got.push(yield* receive((message) => (message as { kind: number }).kind === kind, 0));
          while (got.length < wanted.length + model.length) got.push(yield* receive());
          return got;
        });
        expect(received).toEqual([...expected, ...model]);
      }),
    );
  });

  test('looks at each message once per receive, however many arrive meanwhile', () => {
    const { runtime, platform } = createRig();
    let looks = 0;
    const picky: Behaviour<null, unknown, null> = {
      name: 'picky',
      init(_, context) {
        context.receive((message) => {
          looks++;
          return message === 'wanted';
        });
        return null;
      },
      handle: () => null,
    };
    const pid = runtime.spawn(picky, null);
    for (let i = 0; i < 100; i++) {
      runtime.send(pid, i);
      platform.settle();
    }
    runtime.send(pid, 'wanted');
    platform.settle();
    expect(looks).toBe(101);
  });

  test('its timeout counts from the receive and is not reset by messages that do not match', () => {
    const { runtime, platform } = createRig();
    const log: unknown[] = [];
    const waiting: Behaviour<null, unknown, null> = {
      name: 'waiting',
      init(_, context) {
        context.receive((message) => message === 'wanted', 100);
        return null;
      },
      handle(message) {
        log.push(message);
        return null;
      },
    };
    const pid = runtime.spawn(waiting, null);
    platform.advance(60);
    runtime.send(pid, 'noise');
    platform.advance(39);
    expect(log).toEqual([]);
    platform.advance(2);
    expect(log).toEqual([RECEIVE_TIMEOUT, 'noise']);
  });

  test('its timer is removed if a message came in time', () => {
    const { run, runtime } = createRig();
    run(function* (context) {
      context.send(context.self, 'wanted');
      yield* receive((message) => message === 'wanted', 100);
    });
    expect(runtime.pendingTimers).toBe(0);
  });
});
