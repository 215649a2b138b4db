/** How long tests that use an arena may take, unless a test or the configuration says otherwise. */
import { vi } from 'vitest';

/** A drill takes about ten seconds, and Vitest's five would end it. A comparison takes minutes, so its test sets its own limit. */
const TEST_LIMIT_MS = 120_000;
/** The target is stopped after the last test: faults are undone and processes ended. */
const HOOK_LIMIT_MS = 60_000;

interface Limits {
  readonly testTimeout?: number;
  readonly hookTimeout?: number;
}

/**
 * Gives the tests that follow in this file at least two minutes, and its hooks one minute; the configuration may give more, and a limit of
 * the test itself takes precedence. Vitest resets it after the file.
 */
export function giveTime(): void {
  const { testTimeout, hookTimeout } = configuredLimits();
  vi.setConfig({ testTimeout: longer(testTimeout, TEST_LIMIT_MS), hookTimeout: longer(hookTimeout, HOOK_LIMIT_MS) });
}

/** Vitest gives a test file no other access to its configuration; peer tests check that the oldest and the newest version do so. */
function configuredLimits(): Limits {
  const { __vitest_worker__: worker } = globalThis as { readonly __vitest_worker__?: { readonly config?: Limits } };
  return worker?.config ?? {};
}

/** Zero means no limit. */
function longer(configured: number | undefined, least: number): number {
  return configured === 0 ? 0 : Math.max(configured ?? 0, least);
}
