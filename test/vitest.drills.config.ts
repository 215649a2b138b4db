import { configDefaults, defineConfig } from 'vitest/config';
import { cutPoints } from './cut-points.ts';
import { cut, drills, waits } from './vitest.config.ts';

const settings = {
  exclude: configDefaults.exclude,
  pool: 'forks' as const,
  maxWorkers: 1,
  testTimeout: 300_000,
  hookTimeout: 60_000,
  expect: waits,
  retry: 0,
};

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    projects: [
      { test: { ...settings, name: 'drills', include: drills, sequence: { groupOrder: 0 } } },
      {
        plugins: [cutPoints()],
        test: { ...settings, name: 'cut', include: cut, env: { CUT_EVERY: '1' }, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
