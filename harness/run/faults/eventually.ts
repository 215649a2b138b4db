/** Waits for a condition that a probe reads, within a limit, and returns what was true at the end, not what was hoped for. */
import { setTimeout as delay } from 'node:timers/promises';

const PROBE_EVERY_MS = 25;

/** Probes until `holds`, at most `limitMs`; returns the last reading either way. */
export async function eventually<Reading>(
  probe: () => Promise<Reading>,
  holds: (reading: Reading) => boolean,
  limitMs: number,
): Promise<Reading> {
  const until = performance.now() + limitMs;
  for (;;) {
    const reading = await probe();
    if (holds(reading) || performance.now() > until) return reading;
    await delay(PROBE_EVERY_MS);
  }
}
