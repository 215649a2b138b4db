import { configDefaults, defineConfig } from 'vitest/config';
import { drills } from './vitest.config.ts';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: drills,
    exclude: configDefaults.exclude,
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 60_000,
    retry: 0,
  },
});
