/** Reads what a comparison left behind: its document, from its folder. */
import { type Comparison, comparisonSchema } from '../../evidence/result/comparison.ts';
import { type DocumentKind, type Finished, readDocument } from '../../run/folder/finished-document.ts';

export const COMPARISON_FILE = 'comparison.json';

const COMPARISON: DocumentKind<Comparison> = {
  file: COMPARISON_FILE,
  schema: comparisonSchema,
  what: 'a comparison',
  remedy: 'give a folder that letitcrash compare or gate wrote',
};

/** Reads the folder, or a comparison.json itself; returns what is wrong in words. */
export async function readComparison(given: string): Promise<Finished<Comparison> | string> {
  return readDocument(given, COMPARISON);
}
