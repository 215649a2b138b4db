import { expect } from 'vitest';
import {
  type Behaviour,
  type Context,
  createRuntime,
  type ExitReason,
  type Limits,
  Pid,
  type Runtime,
  routine,
  type Steps,
} from '../../../../targets/reference/runtime/index.ts';
import { createManualPlatform, type ManualPlatform } from './manual-platform.ts';

// Pids are compared by identity: looking into them would compare whole nodes.
expect.addEqualityTesters([(a, b) => (a instanceof Pid || b instanceof Pid ? a === b : undefined)]);

/** A node on a platform that the test moves by hand, and the means to run a story in one of its processes. */
export interface Rig {
  readonly platform: ManualPlatform;
  readonly runtime: Runtime;
  /** Run a routine to its end, letting up to ten minutes of virtual time pass. Throws the reason of a process that ended otherwise. */
  run<T>(body: (context: Context) => Steps<T>): T;
  /** Do something in a process that ends afterwards. */
  act<T>(deed: (context: Context) => T): T;
}

export function createRig(limits: Partial<Limits> = {}): Rig {
  const platform = createManualPlatform();
  const runtime = createRuntime({ platform, name: 'test', creation: 1, limits });
  return {
    platform,
    runtime,
    act<T>(deed: (context: Context) => T): T {
      let result: { readonly value: T } | null = null;
      runtime.spawn(once, (context) => {
        result = { value: deed(context) };
      });
      platform.settle();
      const finished = result as { readonly value: T } | null;
      if (finished === null) throw new Error('the deed failed');
      return finished.value;
    },
    run<T>(body: (context: Context) => Steps<T>): T {
      let result: { readonly value: T } | null = null;
      let ended: ExitReason | null = null;
      const story = routine('story', function* (_: null, context) {
        result = { value: yield* body(context) };
      });
      runtime.monitor(runtime.spawn(story, null), (reason) => {
        ended = reason;
      });
      for (let ms = 0; ended === null && ms < 600_000; ms += 100) platform.advance(ms === 0 ? 0 : 100);
      const finished = result as { readonly value: T } | null;
      if (finished === null) throw new Error(`the story did not end well: ${JSON.stringify(ended)}`);
      return finished.value;
    },
  };
}

/** Takes anything and does nothing. */
export const idle: Behaviour<null, unknown, null> = { name: 'idle', init: () => null, handle: () => null };

/** Does what it is sent: a function of its context. Other messages are kept in `inbox` of its state. */
export type Deed = (context: Context) => void;
export const doer: Behaviour<unknown[], unknown, null> = {
  name: 'doer',
  init: () => [],
  handle(message, inbox, context) {
    if (typeof message === 'function') (message as Deed)(context);
    else inbox.push(message);
    return inbox;
  },
};

/** Does one thing, given as its argument, and ends. */
export const once: Behaviour<null, unknown, Deed> = {
  name: 'once',
  init(deed, context) {
    deed(context);
    context.stop();
    return null;
  },
  handle: () => null,
};
