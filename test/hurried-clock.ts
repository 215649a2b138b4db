/** For code that is to wait in vain: whoever looks at the monotonic clock sees a second more each time, and a limit is soon over. */
import { vi } from 'vitest';

const AHEAD_MS = 1_000;

/** Resolves as `play` does, which has such a clock until then. */
export async function hurried<Outcome>(play: () => Promise<Outcome>): Promise<Outcome> {
  const now = performance.now.bind(performance);
  let aheadMs = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    aheadMs += AHEAD_MS;
    return now() + aheadMs;
  });
  try {
    return await play();
  } finally {
    clock.mockRestore();
  }
}
