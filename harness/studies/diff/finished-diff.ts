/** Reads what `letitcrash diff` left behind: diff.json. */
import { type Diff, diffSchema } from '../../evidence/result/diff.ts';
import { type DocumentKind, type Finished, readDocument } from '../../run/folder/finished-document.ts';

export const DIFF_FILE = 'diff.json';

const DIFF: DocumentKind<Diff> = {
  file: DIFF_FILE,
  schema: diffSchema,
  what: 'two runs side by side',
  remedy: 'give a folder that letitcrash diff wrote, like runs/<time>-diff-<target>',
};

/** Reads a folder, or a diff.json itself; returns what is wrong in words. */
export function readDiff(given: string): Promise<Finished<Diff> | string> {
  return readDocument(given, DIFF);
}
