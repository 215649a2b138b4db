/** How long tests that use an arena may take, where nobody said otherwise. */
import { vi } from 'vitest';

/** A drill takes some ten seconds, and Vitest's five would end it. A comparison takes minutes, and its test says how many. */
const TEST_LIMIT_MS = 120_000;
/** The target is stopped after the last test: faults are undone and processes ended. */
const HOOK_LIMIT_MS = 60_000;

interface Limits {
  readonly testTimeout?: number;
  readonly hookTimeout?: number;
}

/**
 * Gives the tests that follow in this file at least two minutes, and its hooks one: more where the configuration says so; what a test says
 * itself holds. Vitest takes it back after the file.
 */
export function giveTime(): void {
  const { testTimeout, hookTimeout } = configuredLimits();
  vi.setConfig({ testTimeout: longer(testTimeout, TEST_LIMIT_MS), hookTimeout: longer(hookTimeout, HOOK_LIMIT_MS) });
}

/** Vitest tells a test file nothing of its configuration but here; peer tests hold the oldest and the newest version to it. */
function configuredLimits(): Limits {
  const { __vitest_worker__: worker } = globalThis as { readonly __vitest_worker__?: { readonly config?: Limits } };
  return worker?.config ?? {};
}

/** Zero is no limit at all. */
function longer(configured: number | undefined, least: number): number {
  return configured === 0 ? 0 : Math.max(configured ?? 0, least);
}
