/** From the mutants and what became of them to the score of each area. */
import type { MutantResult } from '@stryker-mutator/api/core';
import { type Area, areaOf, areas } from './areas.ts';
import type { EquivalentMutant } from './equivalent.ts';

export interface Score {
  readonly area: Area;
  readonly noticed: number;
  /** Of them, those that are listed as equivalent are left out. */
  readonly mutants: number;
  readonly survivors: readonly Survivor[];
}

export interface Survivor {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly code: string;
  readonly replacement: string;
  /** Whether any test runs the code. */
  readonly covered: boolean;
}

const NOTICED: readonly string[] = ['Killed', 'Timeout'];
const UNNOTICED: readonly string[] = ['Survived', 'NoCoverage'];

/** Of the areas that have mutants. `codeAt` gives the code that a mutant replaces. */
export function scores(
  results: readonly MutantResult[],
  codeAt: (mutant: MutantResult) => string,
  equivalent: readonly EquivalentMutant[],
): readonly Score[] {
  const measured = results.map((mutant) => ({ mutant, survivor: survivorOf(mutant, codeAt(mutant)) }));
  return areas.flatMap((area): Score[] => {
    const here = measured.filter(({ survivor }) => areaOf(survivor.file) === area);
    const noticed = here.filter(({ mutant }) => NOTICED.includes(mutant.status)).length;
    const survivors = here
      .filter(({ mutant }) => UNNOTICED.includes(mutant.status))
      .map(({ survivor }) => survivor)
      .filter((survivor) => !equivalent.some((listed) => isSame(listed, survivor)));
    const mutants = noticed + survivors.length;
    return mutants === 0 ? [] : [{ area, noticed, mutants, survivors }];
  });
}

/** Entries whose file was measured and that no mutant is like any more. */
export function outdated(
  results: readonly MutantResult[],
  codeAt: (mutant: MutantResult) => string,
  equivalent: readonly EquivalentMutant[],
): readonly EquivalentMutant[] {
  const survivors = results
    .filter(({ status }) => UNNOTICED.includes(status))
    .map((mutant) => survivorOf(mutant, codeAt(mutant)));
  const files = new Set(results.map(({ fileName }) => fileName));
  return equivalent.filter((listed) => files.has(listed.file) && !survivors.some((survivor) => isSame(listed, survivor)));
}

export function percentOf({ noticed, mutants }: Score): number {
  return (noticed / mutants) * 100;
}

function survivorOf(mutant: MutantResult, code: string): Survivor {
  return {
    file: mutant.fileName,
    line: mutant.location.start.line,
    code,
    replacement: mutant.replacement ?? '',
    covered: mutant.status !== 'NoCoverage',
  };
}

function isSame(listed: EquivalentMutant, { file, code, replacement }: Survivor): boolean {
  return listed.file === file && listed.code === code && listed.replacement === replacement;
}
