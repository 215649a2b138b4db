/** Waits for what another process does. */
import { setTimeout as delay } from 'node:timers/promises';

const LIMIT_MS = 10_000;
const PROBE_EVERY_MS = 5;

/** Resolves once the probe says so; rejects, naming `what`, when it does not in time. */
export async function eventually(probe: () => Promise<boolean>, what: string): Promise<void> {
  const give = performance.now() + LIMIT_MS;
  while (!(await probe())) {
    if (performance.now() > give) throw new Error(`within ${LIMIT_MS} ms it was never so that ${what}`);
    await delay(PROBE_EVERY_MS);
  }
}
