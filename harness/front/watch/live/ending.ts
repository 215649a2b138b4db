/** The end of a run as the live page shows it, in the words of the reports. */
import { type CheckState, checkState } from '../../../../reports/check-state.ts';
import { clip, formatInUnit } from '../../../../reports/format.ts';
import { runActualText } from '../../../../reports/latency-words.ts';
import { oneLine } from '../../../../reports/markup.ts';
import { deliveryProperties, type PropertyState } from '../../../../reports/properties.ts';
import { VERDICT_WORDS, verdictSentence } from '../../../../reports/sentence.ts';
import { accounted } from '../../../evidence/result/accounted.ts';
import { withOneLineTexts } from '../../../evidence/result/one-line-texts.ts';
import type { Result } from '../../../evidence/result/result.ts';
import type { Ending, Judgement } from './page/story.ts';

const MAX_REASONS = 20;
const MAX_CHECKS = 100;
const MAX_TEXT = 300;

const TONES: Readonly<Record<PropertyState, Judgement['tone']>> = {
  kept: 'good',
  broken: 'bad',
  observed: 'bad',
  unknown: 'open',
  unpromised: 'open',
};

const CHECK_TONES: Readonly<Record<CheckState, Judgement['tone']>> = { held: 'good', broken: 'bad', open: 'open' };

/** The run was interrupted or could not be played; only its own terminal says why. */
export const CUT_SHORT: Ending = {
  kind: 'cut-short',
  word: 'Cut short',
  sentence: 'the run was interrupted, or could not go on; the terminal says why',
  reasons: [],
  properties: [],
  checks: [],
  report: null,
};

export function endingOf(given: Result, reportPath: string): Ending {
  const result = withOneLineTexts(given);
  return {
    kind: result.verdict,
    word: VERDICT_WORDS[result.verdict],
    sentence: clip(oneLine(verdictSentence(result)), MAX_TEXT),
    reasons:
      result.reasons.length < 2 ? [] : result.reasons.slice(0, MAX_REASONS).map((reason) => clip(oneLine(reason), MAX_TEXT)),
    properties:
      accounted(result) === null
        ? []
        : deliveryProperties(result).map(({ name, rule, state, violations, offence, why }) => ({
            name,
            tone: TONES[state],
            outcome: clip(
              oneLine(why === '' ? (violations !== null && violations > 0 ? offence(violations) : state) : why),
              MAX_TEXT,
            ),
            words: rule,
          })),
    checks: result.checks.slice(0, MAX_CHECKS).map((check) => {
      const state = checkState(check, result);
      return {
        name: clip(oneLine(check.name), MAX_TEXT),
        tone: CHECK_TONES[state],
        outcome: state,
        words: `${runActualText(check, result, check.unit)}, limit ${formatInUnit(check.limit, check.unit)}`,
      };
    }),
    report: reportPath,
  };
}
