/** Reads what a run left behind: its Result, from its folder. */
import { type Result, resultSchema } from '../../evidence/result/result.ts';
import { type DocumentKind, readDocument } from './finished-document.ts';

export interface FinishedRun {
  readonly folder: string;
  readonly result: Result;
}

const RESULT: DocumentKind<Result> = {
  file: 'result.json',
  schema: resultSchema,
  what: 'a result',
  remedy: 'give a run folder, like runs/<time>-<scenario>-<target>',
};

/** Reads a run folder, or a result.json itself; returns what is wrong in words. */
export async function readRun(given: string): Promise<FinishedRun | string> {
  const read = await readDocument(given, RESULT);
  return typeof read === 'string' ? read : { folder: read.folder, result: read.document };
}
