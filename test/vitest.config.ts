import { configDefaults, defineConfig } from 'vitest/config';
import { cutPoints } from './cut-points.ts';

/** Drills on real processes that take longer than a developer waits: `npm run test:drills`, and .ci/run. */
export const drills = ['test/**/*.drill.test.ts'];
/** Tests that play whole runs and read clocks: alone on the machine, after all others, so that they do not measure their neighbours. */
const alone = ['test/calibration/**/*.test.ts', 'test/end-to-end/**/*.test.ts'];
/** Tests that stop the server's handlers anywhere. */
export const cut = ['test/**/*.cut.test.ts'];
/**
 * Tests of functions over data. They leave nothing behind in their process, so that the files share one, and what they import is loaded
 * once: half of such a file's time.
 */
const pure = [
  'test/harness/{plan,studies,evidence}/**/*.test.ts',
  'test/{reports,rules}/**/*.test.ts',
  'test/targets/protocol/**/*.test.ts',
  'test/targets/reference/{messaging,runtime}/**/*.test.ts',
];
/** Among them, for the reason that stands beside each. */
export const notPure = [
  // It plays a real load over HTTP.
  'test/harness/studies/import/real-autocannon.test.ts',
  // It counts its own process's CPU time, in which threads that ended are known to the hundredth of a second only.
  'test/harness/evidence/**/process-sample.test.ts',
  // It measures how long its own process is kept from its turns.
  'test/targets/reference/runtime/**/runaway.test.ts',
];
const never = [...configDefaults.exclude, 'test/**/*.peer.test.ts', 'test/example/**', ...drills];
/** Nodes and workers that tests start need not compile the same sources again and again. */
process.env.NODE_COMPILE_CACHE ??= new URL('../node_modules/.cache/letitcrash-tests', import.meta.url).pathname;
const setupFiles = [new URL('own-state.ts', import.meta.url).pathname];
/** `expect.poll` looks often and waits long: the limit is for what never comes, and no test fails because the machine is slow. */
export const waits = { poll: { interval: 5, timeout: 30_000 } };
export const limits = { pool: 'forks' as const, setupFiles, testTimeout: 120_000, hookTimeout: 60_000, expect: waits, retry: 0 };

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    projects: [
      {
        test: {
          ...limits,
          name: 'pure',
          include: pure,
          exclude: [...never, ...cut, ...notPure],
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...limits,
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...never, ...alone, ...cut, ...pure],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...limits, name: 'apart', include: notPure, maxWorkers: 2, sequence: { groupOrder: 1 } } },
      { plugins: [cutPoints()], test: { ...limits, name: 'cut', include: cut, maxWorkers: 2, sequence: { groupOrder: 1 } } },
      { test: { ...limits, name: 'alone', include: alone, exclude: never, maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
  },
});
