/** A handler that does not return, on the real platform: it is interrupted, its process dies, everybody else goes on. */
import { describe, expect, test, vi } from 'vitest';
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
    await vi.waitFor(() => expect(runtime.whereis('echo')).toBeDefined());
    const before = runtime.whereis('spinner');
    // The watchdog's thread needs a moment to start; until then nobody is watched.
    await vi.waitFor(() => expect(watchdogReady(LIMIT_MS)).toBe(true), { timeout: 10_000 });
    runtime.send('spinner', message);
    runtime.send('echo', performance.now());
    await vi.waitFor(() => expect(echoed).toHaveLength(1), { timeout: 10_000 });
    await vi.waitFor(() => expect(runtime.whereis('spinner')).toBeDefined());
    expect(runtime.whereis('spinner')).not.toBe(before);
    expect(runtime.counters).toMatchObject({ runaways: 1 });
    expect(runtime.crashReports()).toMatchObject([{ name: 'spinner', reason: 'runaway', lastMessage: 'string' }]);
    expect(runtime.supervisorReports()).toMatchObject([{ context: 'child_terminated', reason: 'runaway' }]);
    runtime.halt();
  });

  test('an upgrade whose codeChange does not return is given up; all keep their code and go on', async () => {
    const { runtime, echoed } = node();
    await vi.waitFor(() => expect(runtime.whereis('echo')).toBeDefined());
    await vi.waitFor(() => expect(watchdogReady(LIMIT_MS)).toBe(true), { timeout: 10_000 });
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
    await vi.waitFor(() => {
      const { version, status } = runtime.details(runtime.whereis('spinner') as Pid) ?? {};
      expect([version, status]).toEqual([null, 'waiting']);
    });
    runtime.send('echo', performance.now());
    await vi.waitFor(() => expect(echoed).toHaveLength(1));
    runtime.halt();
  });

  test('long but finite work goes through, also when it takes many slices', async () => {
    const { runtime, echoed } = node();
    await vi.waitFor(() => expect(runtime.whereis('echo')).toBeDefined());
    for (let i = 0; i < 100_000; i++) runtime.send('echo', performance.now());
    await vi.waitFor(() => expect(echoed).toHaveLength(100_000), { timeout: 10_000 });
    expect(runtime.counters.runaways).toBe(0);
    runtime.halt();
  });
});
