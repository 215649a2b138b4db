import type { MutantResult } from '@stryker-mutator/api/core';
import { expect, test } from 'vitest';
import { outdated, percentOf, type Score, scores } from './score.ts';

const LISTED = { file: 'harness/evidence/b.ts', code: 'n > 0', replacement: 'n >= 0', because: 'n is never 0' };

function mutant(fileName: string, status: MutantResult['status'], replacement = 'other'): MutantResult {
  return {
    id: '1',
    mutatorName: 'X',
    fileName,
    status,
    replacement,
    location: { start: { line: 7, column: 1 }, end: { line: 7, column: 2 } },
  };
}
const codeAt = (): string => 'n > 0';

test('a mutant counts as noticed when a test fails or never ends, and an equivalent one does not count', () => {
  const results = [
    mutant('harness/evidence/a.ts', 'Killed'),
    mutant('harness/evidence/a.ts', 'Timeout'),
    mutant('harness/evidence/a.ts', 'Survived'),
    mutant('harness/evidence/a.ts', 'NoCoverage'),
    mutant('harness/evidence/a.ts', 'Ignored'),
    mutant('harness/evidence/a.ts', 'RuntimeError'),
    mutant('harness/evidence/b.ts', 'Survived', 'n >= 0'),
    mutant('harness/studies/gate/a.ts', 'Killed'),
    mutant('harness/studies/import/a.ts', 'Survived'),
  ];
  const measured = scores(results, codeAt, [LISTED]);
  expect(measured.map(({ area, noticed, mutants }) => [area.folder, noticed, mutants])).toEqual([
    ['harness/evidence', 2, 4],
    ['harness/studies/gate', 1, 1],
    ['harness/studies', 0, 1],
  ]);
  expect(percentOf(measured[0] as Score)).toBe(50);
  expect(measured[0]?.survivors).toEqual([
    { file: 'harness/evidence/a.ts', line: 7, code: 'n > 0', replacement: 'other', covered: true },
    { file: 'harness/evidence/a.ts', line: 7, code: 'n > 0', replacement: 'other', covered: false },
  ]);
});

test('an entry of the list of equivalent mutants is outdated once its file is measured and no survivor is like it', () => {
  expect(outdated([mutant('harness/evidence/b.ts', 'Killed', 'n >= 0')], codeAt, [LISTED])).toEqual([LISTED]);
  expect(outdated([mutant('harness/evidence/b.ts', 'Survived', 'n >= 0')], codeAt, [LISTED])).toEqual([]);
  expect(outdated([mutant('harness/evidence/a.ts', 'Killed')], codeAt, [LISTED])).toEqual([]);
});
