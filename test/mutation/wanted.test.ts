import { expect, test } from 'vitest';
import { changedLines, wantedPatterns } from './wanted.ts';

test('the lines that a diff adds or changes are mutated, in areas only, and nothing where lines were only removed', () => {
  const diff = [
    'diff --git a/harness/evidence/stats/wilson.ts b/harness/evidence/stats/wilson.ts',
    '--- a/harness/evidence/stats/wilson.ts',
    '+++ b/harness/evidence/stats/wilson.ts',
    '@@ -3 +3 @@ export function wilson',
    '-old',
    '+++ added, not a file',
    '@@ -10,2 +10,0 @@',
    '-gone',
    '-gone too',
    '@@ -20,0 +19,3 @@',
    '+a',
    '+b',
    '+c',
    '--- a/harness/front/cli/main.ts',
    '+++ b/harness/front/cli/main.ts',
    '@@ -1 +1 @@',
  ].join('\n');
  expect(changedLines(diff)).toEqual(['harness/evidence/stats/wilson.ts:3-3', 'harness/evidence/stats/wilson.ts:19-21']);
});

test('without arguments every area is mutated, a folder is with all its files, and a path outside the areas is refused', () => {
  expect(wantedPatterns([])).toContain('targets/protocol/**/!(*.d).ts');
  expect(wantedPatterns(['harness/evidence/stats/'])).toEqual(['harness/evidence/stats/**/!(*.d).ts']);
  expect(wantedPatterns(['harness/evidence/stats/wilson.ts'])).toEqual(['harness/evidence/stats/wilson.ts']);
  expect(wantedPatterns(['harness/studies'])).toEqual(
    ['harness/studies', 'harness/studies/compare', 'harness/studies/gate'].map((folder) => `${folder}/**/!(*.d).ts`),
  );
  expect(wantedPatterns(['targets'])).toContain('targets/protocol/**/!(*.d).ts');
  expect(() => wantedPatterns(['harness/front'])).toThrow(/harness\/front is in no area; the areas are harness\/evidence, /);
  expect(() => wantedPatterns(['harness/nowhere'])).toThrow(/no such file/);
});
