import { defineConfig } from 'vitest/config';
import { limits, notPure } from './vitest.config.ts';

/** For mutation testing: of the tests of functions over data those of the area that is mutated, which is `MUTATED_AREA`. */
const area = process.env.MUTATED_AREA ?? '';

export default defineConfig({
  test: {
    ...limits,
    root: new URL('..', import.meta.url).pathname,
    include: [`test/${area}/**/*.test.ts`],
    // The last one changes the working directory, which a thread cannot.
    exclude: ['**/node_modules/**', '**/*.{drill,peer,cut}.test.ts', ...notPure, 'test/harness/studies/import/kept.test.ts'],
    isolate: false,
  },
});
