import { configDefaults, defineConfig } from 'vitest/config';

/** Tests that play whole runs and read clocks: alone on the machine, after all others, so that they do not measure their neighbours. */
const alone = ['test/calibration/**/*.test.ts', 'test/end-to-end/**/*.test.ts', 'test/explore/**/*.test.ts'];
const never = [...configDefaults.exclude, 'test/**/*.peer.test.ts'];
/** Nodes and workers that tests start need not compile the same sources again and again. */
process.env.NODE_COMPILE_CACHE ??= new URL('../node_modules/.cache/letitcrash-tests', import.meta.url).pathname;
const limits = { pool: 'forks' as const, testTimeout: 120_000, hookTimeout: 60_000, retry: 0 };

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    projects: [
      {
        test: {
          ...limits,
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...never, ...alone],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      { test: { ...limits, name: 'alone', include: alone, exclude: never, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
