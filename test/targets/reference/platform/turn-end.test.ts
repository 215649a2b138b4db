/** What a turn collects leaves when it ends: with it and not later, whatever ended it, and nobody waits for it in vain. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { watchdogReady } from '../../../../targets/reference/platform/real/guarded-turns.ts';
import { createRealPlatform } from '../../../../targets/reference/platform/real/real-platform.ts';
import { atTurnEnd } from '../../../../targets/reference/platform/real/turn-end.ts';
import { type Behaviour, createRuntime, type Runtime } from '../../../../targets/reference/runtime/index.ts';

const LIMIT_MS = 90;
const REAL = new URL('../../../../targets/reference/platform/real/', import.meta.url).href;
const runtimes: Runtime[] = [];

afterEach(() => {
  for (const runtime of runtimes.splice(0)) runtime.halt();
});

function node(): Runtime {
  const runtime = createRuntime({ platform: createRealPlatform({ runawayMs: LIMIT_MS }), name: 'n', creation: 1 });
  runtimes.push(runtime);
  return runtime;
}

/** Does in its handler what it is sent. */
const doer: Behaviour<null, () => void, null> = {
  name: 'doer',
  init: () => null,
  handle(act) {
    act();
    return null;
  },
};

const nextImmediate = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('work for the end of a turn runs then, in order, and before any immediate that was requested in the turn', async () => {
  const runtime = node();
  const done: string[] = [];
  runtime.send(runtime.spawn(doer, null), () => {
    setImmediate(() => done.push('immediate'));
    atTurnEnd(() => done.push('collected first'));
    atTurnEnd(() => done.push('collected second'));
    done.push('handled');
  });
  await expect.poll(() => done).toEqual(['handled', 'collected first', 'collected second', 'immediate']);
});

test('an exception at the end of a turn surfaces, and the others are called all the same', async () => {
  const script = `
    const { atTurnEnd } = await import('${REAL}turn-end.ts');
    const { createRealPlatform } = await import('${REAL}real-platform.ts');
    process.on('uncaughtException', ({ message }) => console.log(message));
    createRealPlatform({ runawayMs: ${LIMIT_MS} }).turns.defer(() => {
      atTurnEnd(() => { throw new Error('thrown'); });
      atTurnEnd(() => console.log('called'));
    }, () => undefined);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(stdout.trim().split('\n')).toEqual(['thrown', 'called']);
});

test('outside of a turn the work runs in an immediate', async () => {
  const done: string[] = [];
  atTurnEnd(() => done.push('done'));
  expect(done).toEqual([]);
  await nextImmediate();
  expect(done).toEqual(['done']);
});

test('what was collected before a turn was cut off is sent all the same, once', async () => {
  const runtime = node();
  await expect.poll(() => watchdogReady(LIMIT_MS), { timeout: 10_000 }).toBe(true);
  let done = 0;
  const [honest, runaway] = [runtime.spawn(doer, null), runtime.spawn(doer, null)];
  runtime.send(honest, () => atTurnEnd(() => done++));
  runtime.send(runaway, () => {
    for (;;);
  });
  await expect.poll(() => runtime.counters.runaways, { timeout: 10_000 }).toBe(1);
  await expect.poll(() => done).toBe(1);
  runtime.send(honest, () => atTurnEnd(() => (done += 10)));
  await expect.poll(() => done).toBe(11);
});

test('processes that always have work leave I/O and immediates their turn', async () => {
  const runtime = node();
  let busy = true;
  const busybody: Behaviour<null, string, null> = {
    name: 'busybody',
    init: () => null,
    handle(message, _state, context) {
      if (busy) context.send(context.self, message);
      return null;
    },
  };
  runtime.send(runtime.spawn(busybody, null), 'on and on');
  for (let round = 0; round < 5; round++) {
    await nextImmediate();
    expect(await readFile(new URL(import.meta.url), 'utf8')).toContain('busybody');
  }
  busy = false;
  await expect.poll(() => runtime.runnable).toBe(0);
});
