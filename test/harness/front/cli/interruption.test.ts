import { afterEach, describe, expect, test, vi } from 'vitest';
import { twiceInterruptible } from '../../../../harness/front/cli/interruption.ts';

afterEach(() => vi.restoreAllMocks());

describe('an interruption', () => {
  test('that arrives twice at once, from the terminal and passed on, counts once; a later one counts again, whatever the signal', async () => {
    const clock = vi.spyOn(performance, 'now');
    await twiceInterruptible(async ({ first, again }) => {
      clock.mockReturnValue(1_000);
      process.emit('SIGINT', 'SIGINT');
      clock.mockReturnValue(1_100);
      process.emit('SIGINT', 'SIGINT');
      expect([first.aborted, first.reason, again.aborted]).toEqual([true, 'SIGINT', false]);
      clock.mockReturnValue(2_000);
      process.emit('SIGTERM', 'SIGTERM');
      expect([again.aborted, again.reason]).toEqual([true, 'SIGTERM']);
    });
    expect(process.listenerCount('SIGHUP')).toBe(0);
  });
});
