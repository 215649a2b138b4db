/** The chaos page of a run that repeated faults: how long recovery took, as a distribution over the repeats. */

import { levelRegained } from '../../harness/evidence/result/recovery-clock-table.ts';
import type { Result } from '../../harness/evidence/result/result.ts';
import { occurrencesOf } from '../clocks.ts';
import { clip, formatMs, formatShare, plural } from '../format.ts';
import { type Markup, markup, oneLine } from '../markup.ts';
import { VERDICT_WORDS } from '../sentence.ts';
import { shownResult } from '../shown-result.ts';
import { recoveryCurves } from './chaos/recovery-curves.ts';
import { repeatByRepeat } from './chaos/repeat-by-repeat.ts';
import type { Detail } from './detail.ts';
import { factLine, verdictBox } from './head.ts';
import { htmlPage, section } from './page.ts';
import { distributionTable, healStrip, injectionStrip, QUANTILES, stepName } from './repeats.ts';
import { runFacts } from './run-facts.ts';
import { settingSection } from './setting-section.ts';
import { first } from './table.ts';

type Step = Result['recoveryDistribution'][number];

const DRAWN = 8;

/** Each step has four pictures, in which every repeat is drawn. */
function drawnSteps({ rows }: Detail): number {
  return Math.max(1, Math.min(DRAWN, Math.floor(rows / 5)));
}

/** Null for a run in which no fault was repeated. */
export function chaosReport(given: Result): string | null {
  const result = shownResult(given);
  const steps = result.recoveryDistribution;
  if (steps.length === 0) return null;
  return htmlPage((detail) => {
    const { shown, omitted } = first(steps, drawnSteps(detail));
    return {
      title: `Recovery, ${VERDICT_WORDS[result.verdict].toLowerCase()}: ${clip(oneLine(result.scenario.name), 80)}`,
      sections: [
        ...shown.map((step, index) => [`step-${index + 1}`, stepName(result, step, detail)] as const),
        ['setting', 'Where and how'],
        ['reproduce', 'Run it again'],
      ],
      head: head(result, detail),
      body: markup`${shown.map((step, index) => stepSection(result, step, index, detail))}
${omitted === 0 ? null : markup`<p>${plural(omitted, 'more step')} in result.json.</p>`}
${settingSection(result, detail)}`,
      source: ['result.json', result.schema],
    };
  });
}

function head(result: Result, detail: Detail): Markup {
  const { scenario, verdict, recoveryDistribution: steps } = result;
  const [sentence = '', ...more] = first(steps, Math.min(DRAWN, detail.rows)).shown.map((step) =>
    stepSentence(step, stepName(result, step, detail)),
  );
  return markup`<header class="top"><p class="brand">letitcrash <span>recovery over repeats</span></p><h1><bdi>${clip(oneLine(scenario.name), Math.min(detail.text, 120))}</bdi></h1>${factLine(runFacts(result, detail))}</header>
${verdictBox({ kind: verdict, word: VERDICT_WORDS[verdict], sentence, more })}
${scenario.summary === '' ? null : markup`<p class="summary">${clip(oneLine(scenario.summary), detail.text)}</p>`}<p class="summary">${QUANTILES}</p>`;
}

/** `kill-node, 20 repeats: service was back after 860 ms at the median and 1.41 s at p95 (95% interval 1.16 s to 1.67 s)`. */
function stepSentence(step: Step, name: string): string {
  const { median, p95, low, high, censored } = levelRegained(step.clocks);
  const within =
    low === null
      ? ''
      : high === null
        ? ` (95% interval from ${formatMs(low)} on; with so few repeats there is no upper bound)`
        : ` (95% interval ${formatMs(low)} to ${formatMs(high)})`;
  const half =
    median === null
      ? 'service was seen to be back in less than half of them'
      : `service was back after ${formatMs(median)} at the median`;
  const tail = p95 === null ? 'the p95 was not seen' : `${formatMs(p95)} at p95${within}`;
  const never =
    censored === 0
      ? ''
      : `; in ${plural(censored, 'repeat')} (${formatShare(censored / Math.max(1, step.repeats))}) it was not seen to be back`;
  return `${name}, ${plural(step.repeats, 'repeat')}: ${half} and ${tail}${never}.`;
}

function stepSection(result: Result, step: Step, index: number, detail: Detail): Markup {
  const clocks = occurrencesOf(result, step);
  const contents =
    clocks.length === 0
      ? markup`<p>This result does not have the single repeats.</p>`
      : markup`${injectionStrip(result, step, index, detail)}${distributionTable(step, stepName(result, step, detail), detail)}${recoveryCurves(result, step, index, detail)}${healStrip(result, step, index, detail)}${repeatByRepeat(result, step, index, detail)}`;
  return section(`step-${index + 1}`, `${stepName(result, step, detail)}, ${plural(step.repeats, 'repeat')}`, contents);
}
