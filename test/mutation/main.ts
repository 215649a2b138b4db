/**
 * Mutation testing: the code is broken in thousands of small ways, one at a time, and the tests must notice. What they do not notice is
 * code that could be wrong without anybody knowing.
 *
 *     npm run test:mutation                                 every area: hours
 *     npm run test:mutation -- harness/evidence/stats       these files and folders
 *     npm run test:mutation -- --since main                 the lines that differ from those of a revision
 *
 * Exit code 1 if an area is below its goal, 2 for a wrong argument.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { MutantResult, PartialStrykerOptions } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { type Area, areaOf, areas } from './areas.ts';
import { equivalent } from './equivalent.ts';
import { outdated, percentOf, type Score, scores } from './score.ts';
import { changedPatterns, wantedPatterns } from './wanted.ts';

const REPORT = '.mutation/survivors.txt';

let patterns: readonly string[];
try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { since: { type: 'string' } } });
  patterns = values.since === undefined ? wantedPatterns(positionals) : changedPatterns(values.since);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}
if (patterns.length === 0) {
  console.log('mutation: no line of an area changed');
  process.exit(0);
}

const results: MutantResult[] = [];
for (const area of areas) {
  const mutate = patterns.filter((pattern) => areaOf(pattern) === area);
  if (mutate.length === 0) continue;
  process.env.MUTATED_AREA = area.folder;
  results.push(...(await new Stryker(settings(area, mutate)).runMutationTest()));
}

const relative: readonly MutantResult[] = results.map((result) => ({ ...result, fileName: relativeName(result.fileName) }));
const measured = scores(relative, codeAt, equivalent);
for (const score of measured) console.log(words(score));
for (const { file, code } of outdated(relative, codeAt, equivalent))
  console.log(`mutation: listed as equivalent, but no mutant survives there: ${file}: ${code}`);
mkdirSync('.mutation', { recursive: true });
writeFileSync(REPORT, measured.flatMap(survivorLines).join('\n'));
console.log(`mutation: every mutant that no test noticed stands in ${REPORT}`);
process.exitCode = measured.some((score) => percentOf(score) < score.area.goal) ? 1 : 0;

/** Areas within this one are measured by themselves. */
function settings(area: Area, mutate: readonly string[]): PartialStrykerOptions {
  return {
    testRunner: 'vitest',
    vitest: { configFile: 'test/vitest.mutation.config.ts' },
    plugins: ['@stryker-mutator/vitest-runner', './test/mutation/error-texts.ts'],
    ignorers: ['error-texts'],
    mutate: [
      ...mutate,
      ...areas.filter(({ folder }) => folder.startsWith(`${area.folder}/`)).map(({ folder }) => `!${folder}/**`),
    ],
    // Stryker reads it with an interface of the compiler that TypeScript 7 no longer has.
    tsconfigFile: 'none',
    coverageAnalysis: 'perTest',
    // Code that counts its own coverage is many times slower.
    dryRunTimeoutMinutes: 30,
    ignoreStatic: true,
    reporters: ['progress-append-only'],
    tempDirName: '.mutation/sandbox',
    ignorePatterns: ['runs', 'dist', '.mutation'],
    concurrency: Number(process.env.LETITCRASH_MUTATION_WORKERS ?? 2),
  };
}

function relativeName(file: string): string {
  return file.startsWith(`${process.cwd()}/`) ? file.slice(process.cwd().length + 1) : file;
}

/** Stryker counts lines and columns from 1 in what it gives back. */
function codeAt({ fileName, location: { start, end } }: MutantResult): string {
  const lines = readFileSync(fileName, 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line);
  lines[lines.length - 1] = (lines.at(-1) ?? '').slice(0, end.column - 1);
  lines[0] = (lines[0] ?? '').slice(start.column - 1);
  return lines.join('\n');
}

function words(score: Score): string {
  const { area, noticed, mutants } = score;
  const reached = percentOf(score) >= area.goal ? 'reached' : 'MISSED';
  return `mutation: ${area.folder}: ${noticed} of ${mutants} mutants noticed, ${percentOf(score).toFixed(1)}% (goal ${area.goal}%: ${reached})`;
}

function survivorLines({ survivors }: Score): readonly string[] {
  return survivors.map(
    ({ file, line, code, replacement, covered }) =>
      `${file}:${line}${covered ? '' : ' (no test runs it)'}\n  - ${code.replaceAll('\n', '\n    ')}\n  + ${replacement.replaceAll('\n', '\n    ')}\n`,
  );
}
