/**
 * Annotations for GitHub Actions: lines that its runner reads from a step's output (workflow commands), escaped by the rules of its
 * toolkit (actions/toolkit, packages/core/src/command.ts), so that no text of a scenario becomes a command.
 */
import type { Comparison } from '../harness/evidence/result/comparison.ts';
import type { Diff } from '../harness/evidence/result/diff.ts';
import { withOneLineTexts } from '../harness/evidence/result/one-line-texts.ts';
import type { Result } from '../harness/evidence/result/result.ts';
import { checkState } from './check-state.ts';
import { brokenText, metricSentence } from './comparison-words.ts';
import { clip, formatInUnit } from './format.ts';
import { actualText } from './latency-words.ts';
import { leakText } from './leak-words.ts';
import { oneLine } from './markup.ts';
import { propertyName } from './properties.ts';
import { VERDICT_WORDS, verdictSentence } from './sentence.ts';
import { shownResult } from './shown-result.ts';

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

/** GitHub shows this many annotations of each level for a step, and silently drops the others. */
const SHOWN = 10;
const MAX_CHARS = 2_000;

/** One line an annotation, without a line break at its end. */
export function annotationLines(annotations: readonly Annotation[]): string[] {
  return (['error', 'warning', 'notice'] as const).flatMap((level) =>
    annotations
      .filter((annotation) => annotation.level === level)
      .slice(0, SHOWN)
      .map(line),
  );
}

function line({ level, title, message }: Annotation): string {
  const property = data(clip(oneLine(title), 200))
    .replace(/:/g, '%3A')
    .replace(/,/g, '%2C');
  return `::${level} title=${property}::${data(clip(oneLine(message), MAX_CHARS))}`;
}

function data(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

export function comparisonAnnotations(given: Comparison): Annotation[] {
  const comparison = withOneLineTexts(given);
  const { valid, verdict, metrics, checks, broken, reasons } = comparison;
  const first = reasons[0] ?? verdict;
  const annotations: Annotation[] = broken.map((one) => ({
    level: one.side === 'B' ? 'error' : 'warning',
    title: `letitcrash: ${propertyName(one.property)}`,
    message: brokenText(one),
  }));
  if (!valid) return [...annotations, { level: 'error', title: 'letitcrash: nothing was proven', message: first }];
  for (const metric of metrics.filter((each) => each.verdict === 'regressed')) {
    const level = metric.role === 'blocking' ? 'error' : 'warning';
    annotations.push({ level, title: `letitcrash: ${metric.name} regressed`, message: metricSentence(metric) });
  }
  annotations.push(...checks.filter(({ pass }) => !pass).map(brokenLimit));
  if (verdict === 'inconclusive') annotations.push({ level: 'warning', title: 'letitcrash: inconclusive', message: first });
  if (annotations.length === 0) annotations.push({ level: 'notice', title: `letitcrash: ${verdict}`, message: first });
  return annotations;
}

/** Of two finished runs: what the candidate broke, and else that nothing was decided. */
export function diffAnnotations(given: Diff): Annotation[] {
  const { b, says } = withOneLineTexts(given);
  const message = `${b.run}: ${b.reasons[0] ?? b.verdict}`;
  if (b.verdict === 'fail') return [{ level: 'error', title: 'letitcrash: the candidate failed', message }];
  if (b.verdict !== 'pass') return [{ level: 'error', title: 'letitcrash: nothing was proven', message }];
  return [{ level: 'notice', title: 'letitcrash: two runs side by side', message: says.join('; ') }];
}

export function resultAnnotations(given: Result): Annotation[] {
  const result = shownResult(given);
  const whole: Annotation = {
    level: result.verdict === 'pass' ? 'notice' : 'error',
    title: `letitcrash: ${VERDICT_WORDS[result.verdict]}`,
    message: verdictSentence(result),
  };
  const leak = leakText(result);
  const leaking: Annotation[] = leak === null ? [] : [{ level: 'warning', title: 'letitcrash: a leak', message: leak }];
  return [whole, ...leaking, ...result.checks.filter((check) => checkState(check, result) === 'broken').map(brokenLimit)];
}

function brokenLimit(check: Comparison['checks'][number]): Annotation {
  const { name, limit, unit } = check;
  const wanted = limit === null ? '' : `, limit ${formatInUnit(limit, unit)}`;
  return { level: 'error', title: `letitcrash: ${name}`, message: `measured ${actualText(check, unit)}${wanted}` };
}
