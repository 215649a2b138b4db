/**
 * `letitcrash/vitest`: a test whose target runs for the whole file, and matchers whose messages are the evidence. Importing it adds the
 * matchers to Vitest's `expect`.
 */
import { expect } from 'vitest';
import { matchers } from './testing/matchers.ts';

export { Arena, type DrillOptions, type FaultGiven } from './testing/arena.ts';
export { type ArenaFixtures, arenaTest } from './testing/arena-test.ts';

expect.extend(matchers);

declare global {
  // Vitest's Matchers has one type parameter up to version 4 and two since version 5, and an interface can only be added to with the same
  // ones. Every version gives the methods of this one to what `expect` returns, `not`, `resolves` and `rejects` included.
  namespace Chai {
    interface Assertion {
      /** For a run: every acknowledged message arrived. */
      toLoseNoMessages(): void;
      /** For a run: conditions as in a scenario's `expect`, like { 'response.p99': '< 50ms' }. */
      toMeet(conditions: Readonly<Record<string, string | number | boolean>>): void;
      /** For a run: each fault was verified, and everybody had recovered within this time: '2s'. */
      toRecoverWithin(within: string): void;
      /** For a run with at least 100 users: '12KB'. */
      toUseAtMostPerConnection(limit: string): void;
      /** For a comparison: it is proven (not merely not disproven) that B is not worse than A by more than the margin. */
      toBeNoSlower(metric: string, options?: { readonly margin?: string }): void;
    }
  }
}
