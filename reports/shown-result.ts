/** What a report is made of: a Result with its texts on one line each, and without what is withheld, whoever wrote the document. */
import { withOneLineTexts } from '../harness/evidence/result/one-line-texts.ts';
import type { Result } from '../harness/evidence/result/result.ts';
import { isWithheld, withoutWithheld } from '../harness/evidence/result/withheld.ts';
import { whyNoLedger } from './measured-by-words.ts';

export function shownResult(given: Result): Result {
  return withoutWithheld(withOneLineTexts(given));
}

/** What stands where a run that is not believed would have its figures; null for one that is. */
export function withheldText(result: Result): string | null {
  if (!isWithheld(result)) return null;
  return whyNoLedger(result) === null
    ? 'no time, rate or cost of this run describes the server, so none is shown; the counts of the ledger stand'
    : 'no figure of this run describes the server, so none is shown';
}
