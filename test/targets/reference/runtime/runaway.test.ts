/** A handler that does not return, on the real platform: it is interrupted, its process dies, everybody else goes on. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { watchdogReady } from '../../../../targets/reference/platform/real/guarded-turns.ts';
import { createRealPlatform } from '../../../../targets/reference/platform/real/real-platform.ts';
import {
  type Behaviour,
  createRuntime,
  type Pid,
  supervisor,
  type UpgradeReport,
} from '../../../../targets/reference/runtime/index.ts';

const LIMIT_MS = 100;

const spinner: Behaviour<null, string, null> = {
  name: 'spinner',
  init: () => null,
  handle(message, state, context) {
    if (message === 'spin') for (;;);
    if (message === 'spin in try') {
      for (;;) {
        try {
          for (;;) context.now();
        } catch {
          // An interruption is no exception: it is not to be caught.
        } finally {
          context.send(context.self, 'more');
        }
      }
    }
    return state;
  },
};

const churner: Behaviour<null, string, null> = {
  name: 'churner',
  init: () => null,
  handle(_message, state, context) {
    for (;;) {
      // Of a churner that was cut off before it ended its child.
      const left = context.whereis('churned');
      if (left !== undefined) context.exitSignal(left, 'kill');
      const pid = context.spawn(spinner, null, { link: true, name: 'churned' });
      const ref = context.monitor(pid);
      context.cancelTimer(context.sendAfter(1_000, pid, 'late'));
      context.abandon(context.call(pid, 'nothing', 1_000));
      context.unlink(pid);
      context.demonitor(ref);
      context.exitSignal(pid, 'kill');
      if (context.isAlive(context.self) === state) break;
    }
    return state;
  },
};

const held: string[] = [];
let whole: (<T>(work: () => T) => T) | null = null;
/** Does something whole that takes long, and is a runaway by itself afterwards. */
const holder: Behaviour<number, string, number> = {
  name: 'holder',
  init: (ms) => ms,
  handle(_message, ms, context) {
    whole?.(() => {
      held.push('begun');
      const untilMs = performance.now() + ms;
      while (performance.now() < untilMs);
      held.push('done');
    });
    for (;;) context.now();
  },
};

describe('runaway', () => {
  const node = () => {
    const runtime = createRuntime({ platform: createRealPlatform({ runawayMs: LIMIT_MS }), name: 'n', creation: 1 });
    const echoed: number[] = [];
    const echo: Behaviour<null, number, null> = {
      name: 'echo',
      init: () => null,
      handle(sentAtMs) {
        echoed.push(performance.now() - sentAtMs);
        return null;
      },
    };
    runtime.spawn(supervisor, {
      strategy: 'one_for_one',
      intensity: 10,
      children: [
        { id: 'spinner', start: spinner, name: 'spinner' },
        { id: 'echo', start: echo, name: 'echo' },
      ],
    });
    return { runtime, echoed };
  };

  test.each(['spin', 'spin in try'])('a process that handles %s for ever dies with runaway and is restarted', async (message) => {
    const { runtime, echoed } = node();
    await expect.poll(() => runtime.whereis('echo')).toBeDefined();
    const before = runtime.whereis('spinner');
    // The watchdog's thread needs a moment to start; until then nobody is watched.
    await expect.poll(() => watchdogReady(LIMIT_MS)).toBe(true);
    runtime.send('spinner', message);
    runtime.send('echo', performance.now());
    await expect.poll(() => echoed).toHaveLength(1);
    await expect.poll(() => runtime.whereis('spinner')).toBeDefined();
    expect(runtime.whereis('spinner')).not.toBe(before);
    expect(runtime.counters).toMatchObject({ runaways: 1 });
    expect(runtime.crashReports()).toMatchObject([{ name: 'spinner', reason: 'runaway', lastMessage: 'string' }]);
    expect(runtime.supervisorReports()).toMatchObject([{ context: 'child_terminated', reason: 'runaway' }]);
    runtime.halt();
  });

  test('a runaway that keeps calling the runtime dies as well, and leaves it whole, again and again', async () => {
    const { runtime } = node();
    await expect.poll(() => watchdogReady(LIMIT_MS)).toBe(true);
    const told = new Map<Pid, number>();
    for (let round = 1; round <= 5; round++) {
      const pid = runtime.spawn(churner, null);
      told.set(pid, 0);
      runtime.monitor(pid, (reason) => reason === 'runaway' && told.set(pid, (told.get(pid) ?? 0) + 1));
      runtime.send(pid, 'churn');
      await expect.poll(() => runtime.counters.runaways).toBe(round);
      await expect.poll(() => told.get(pid)).toBe(1);
    }
    await expect.poll(() => runtime.runnable).toBe(0);
    expect(runtime.counters.spawned - runtime.counters.exited).toBe(runtime.size);
    expect(runtime.processes().map(({ status }) => status)).toEqual(runtime.processes().map(() => 'waiting'));
    await expect.poll(() => runtime.pendingTimers).toBe(0);
    expect([...told.values()]).toEqual([1, 1, 1, 1, 1]);
    runtime.halt();
  });

  test('a sender between the end of a runaway and the news of it waits for nothing', async () => {
    const { runtime, echoed } = node();
    await expect.poll(() => watchdogReady(LIMIT_MS)).toBe(true);
    await expect.poll(() => runtime.whereis('echo')).toBeDefined();
    for (let round = 1; round <= 5; round++) {
      runtime.send(runtime.spawn(spinner, null), 'spin');
      let waitedMs = 0;
      const callIn = setInterval(() => {
        const beganMs = performance.now();
        runtime.send('echo', beganMs);
        waitedMs = Math.max(waitedMs, performance.now() - beganMs);
      }, 1);
      await expect.poll(() => runtime.counters.runaways).toBe(round);
      clearInterval(callIn);
      expect(waitedMs).toBeLessThan(1_000);
    }
    await expect.poll(() => echoed.length).toBeGreaterThan(0);
    runtime.halt();
  });

  test('work of the runtime itself is not cut off, however long it takes, and costs no process its life', async () => {
    const { runtime, echoed } = node();
    await expect.poll(() => watchdogReady(LIMIT_MS)).toBe(true);
    const ends: unknown[] = [];
    whole = runtime.whole;
    const long = runtime.spawn(holder, LIMIT_MS * 4);
    runtime.monitor(long, (reason) => ends.push(reason));
    runtime.send(long, 'hold');
    await expect.poll(() => runtime.whereis('echo')).toBeDefined();
    runtime.send('echo', performance.now());
    await expect.poll(() => echoed).toHaveLength(1);
    // Its own time was up as well: it is cut off where it comes back to, and not in the middle.
    await expect.poll(() => ends).toEqual(['runaway']);
    expect(held).toEqual(['begun', 'done']);
    expect(runtime.counters.runaways).toBe(1);
    runtime.halt();
  });

  test('work that must not be interrupted and does not end is the end of the node, which says why', () => {
    const script = new URL('endless-work.ts', import.meta.url).pathname;
    const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8', timeout: 30_000 });
    expect(stderr).toContain('work that must not be interrupted did not end');
    expect(status).toBe(1);
  });

  test('an upgrade whose codeChange does not return is abandoned; all processes keep their code and go on', async () => {
    const { runtime, echoed } = node();
    await expect.poll(() => runtime.whereis('echo')).toBeDefined();
    await expect.poll(() => watchdogReady(LIMIT_MS)).toBe(true);
    const endless: typeof spinner = {
      ...spinner,
      version: 2,
      codeChange() {
        for (;;);
      },
    };
    const report = await new Promise<UpgradeReport>((resolve) => runtime.upgrade([{ behaviour: endless }], resolve));
    expect([report.outcome, report.failure?.module, report.failure?.reason]).toEqual(['kept old code', 'spinner', 'runaway']);
    expect(report.failure?.pid === runtime.whereis('spinner')).toBe(true);
    await expect
      .poll(() => runtime.details(runtime.whereis('spinner') as Pid))
      .toMatchObject({ version: null, status: 'waiting' });
    runtime.send('echo', performance.now());
    await expect.poll(() => echoed).toHaveLength(1);
    runtime.halt();
  });

  test('long but finite work completes, even if it takes many slices', async () => {
    const { runtime, echoed } = node();
    await expect.poll(() => runtime.whereis('echo')).toBeDefined();
    for (let i = 0; i < 100_000; i++) runtime.send('echo', performance.now());
    await expect.poll(() => echoed).toHaveLength(100_000);
    expect(runtime.counters.runaways).toBe(0);
    runtime.halt();
  });
});
