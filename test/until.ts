/** How tests wait: for a condition, with a limit, and never for time. */
import { setTimeout as pause } from 'node:timers/promises';

const LIMIT_MS = 30_000;
/** The first pause between two looks, and the longest: what is about to happen is seen at once, and what takes long costs little. */
const PAUSE_MS = { first: 1, most: 20 };

/** Resolves once the condition holds. Rejects after `limitMs`, naming `what`; a condition that throws ends it at once. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string = String(condition),
  limitMs: number = LIMIT_MS,
): Promise<void> {
  const endMs = performance.now() + limitMs;
  for (let pauseMs = PAUSE_MS.first; !(await condition()); pauseMs = Math.min(pauseMs * 2, PAUSE_MS.most)) {
    if (performance.now() > endMs) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    await pause(pauseMs);
  }
}
