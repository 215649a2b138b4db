/**
 * `letitcrash gate` when the baseline has no such server yet. The change that adds the server cannot be compared with anything, so the
 * candidate is played alone and checked against its scenario and the policy's limits. That these hold does not prove that nothing became
 * worse, so the answer is undecided.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resultAnnotations } from '../../../reports/github-annotations.ts';
import { terminalSummary } from '../../../reports/terminal.ts';
import { documentText } from '../../evidence/result/printable.ts';
import type { Result } from '../../evidence/result/result.ts';
import { defaultRunPath } from '../../run/folder/run-folder.ts';
import { holdToPolicy } from '../../studies/gate/hold-to-policy.ts';
import type { Policy } from '../../studies/gate/policy.ts';
import type { GateSide } from '../../studies/gate/prepare-sides.ts';
import { writeReports } from '../library/report-files.ts';
import { tellGitHub } from './ci-output.ts';
import type { Console } from './console.ts';
import { ExitCode, VERDICT_CODES } from './exit-codes.ts';
import { liveProgress } from './live-progress.ts';
import { isLive } from './progress-line.ts';

/** A run that the machine spoilt says nothing about the candidate; this is how often it is played. */
const ATTEMPTS = 3;

export interface FirstGate {
  readonly candidate: GateSide;
  /** What the baseline lacks, in words. */
  readonly lacks: string;
  readonly policy: Policy;
  readonly strict: boolean;
  readonly signal: AbortSignal;
}

/** Returns the exit code. @throws what a run throws that could not take place; the signal's reason when aborted. */
export async function gateFirst({ candidate, lacks, policy, strict, signal }: FirstGate, console: Console): Promise<ExitCode> {
  const why = `there is nothing to compare with yet: ${lacks}. The candidate was played alone; from the next change on both are compared`;
  const folder = console.options.out ?? defaultRunPath(new Date(), `gate-${candidate.plan.scenario.name}`, candidate.target.name);
  const result = await playedResult(candidate, folder, console, signal);
  const judged = holdToPolicy(result, policy);
  await writeFile(join(folder, 'result.json'), `${documentText(judged)}\n`);
  const reportPath = await writeReports(judged, folder);
  const summaryPath = join(folder, 'summary.md');
  const summary = `**Gate: ${why}.**\n\n${await readFile(summaryPath, 'utf8')}`;
  await writeFile(summaryPath, summary);
  console.printReport(terminalSummary(judged, { colour: console.colour, width: console.width, reportPath }));
  console.print(`\ngate: ${why}.`);
  console.document(judged);
  const notice = { level: 'notice', title: 'letitcrash gate', message: why } as const;
  await tellGitHub(console, [notice, ...resultAnnotations(judged)], summary);
  return judged.verdict === 'pass' && strict ? ExitCode.inconclusive : VERDICT_CODES[judged.verdict];
}

/** The first run that the machine did not spoil, or else the last one. Each has its own folder. */
async function playedResult({ plan, target }: GateSide, folder: string, console: Console, signal: AbortSignal): Promise<Result> {
  // Loaded only now, because mistakes need no generator.
  const { runScenario } = await import('../../run/conductor/conductor.ts');
  const progress = liveProgress(process.stderr, isLive());
  const say: typeof progress.event = (event) => {
    if (!console.options.quiet) progress.event(event);
  };
  try {
    for (let attempt = 1; ; attempt++) {
      const outDir = join(folder, 'runs', String(attempt));
      const { result } = await runScenario(plan, { outDir, signal, progress: say, target });
      const spoilt = result.verdict === 'invalid' || result.verdict === 'unknown';
      if (!spoilt || attempt === ATTEMPTS) return result;
      say({
        kind: 'warning',
        message: `run ${attempt} proved nothing: ${result.reasons[0] ?? result.verdict}; playing it again`,
      });
    }
  } finally {
    progress.end();
  }
}
