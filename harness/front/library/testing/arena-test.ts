/** Vitest's `test` with a target that runs for the whole file. */
import { test as base, beforeEach, type TestAPI } from 'vitest';
import type { TargetGiven } from '../standing-target.ts';
import { Arena } from './arena.ts';
import { type Retry, whyNoRetries } from './retries.ts';
import { giveTime } from './test-limits.ts';

export interface ArenaFixtures {
  /** Opened by the first test of the file that asks for it, closed after the last test. */
  readonly arena: Arena;
}

/**
 * A `test` whose tests can take `arena` from their context; the target is started once for each file and stopped after it. Called at the
 * top of a file, it refuses every test there that may be retried, and gives the tests below it two minutes, unless the configuration gives
 * more or a test sets its own limit.
 * @param target section `target` of a scenario: `{ use: 'reference' }`, `{ use: './my-target.ts' }` (relative to the working directory) or
 * `{ use: new URL('./my-target.ts', import.meta.url).href }`.
 * @throws in each test: ScenarioError for mistakes in it, and an explanation if a retry is configured.
 */
export function arenaTest(target: TargetGiven): TestAPI<ArenaFixtures> {
  giveTime();
  // A hook, because it runs before each try: a fixture that threw in the first try is not asked again in the second.
  beforeEach(({ task }) => {
    const why = whyNoRetries(task.retry as Retry, task.name);
    if (why !== null) throw new Error(why);
  });
  return base.extend<ArenaFixtures>({
    arena: [
      // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs.
      async ({}, use) => {
        const arena = await Arena.open(target);
        try {
          await use(arena);
        } finally {
          await arena.close();
        }
      },
      { scope: 'file' },
    ],
  }) as unknown as TestAPI<ArenaFixtures>;
}
