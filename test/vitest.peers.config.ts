import { configDefaults, defineConfig } from 'vitest/config';
import { waits } from './vitest.config.ts';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.peer.test.ts'],
    exclude: configDefaults.exclude,
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 600_000,
    hookTimeout: 300_000,
    expect: waits,
    retry: 0,
  },
});
