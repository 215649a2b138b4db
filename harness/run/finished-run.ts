/** Reads what a run left behind: its Result, from its folder. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Result, resultSchema } from '../result/result.ts';

/** A run folder is small text; a file of this size is something else. */
const MAX_RESULT_BYTES = 64 * 1024 * 1024;

export interface FinishedRun {
  readonly folder: string;
  readonly result: Result;
}

/** Reads a run folder, or a result.json itself; returns what is wrong in words. */
export async function readRun(given: string): Promise<FinishedRun | string> {
  let file = resolve(given);
  try {
    if ((await stat(file)).isDirectory()) file = join(file, 'result.json');
    const { size } = await stat(file);
    if (size > MAX_RESULT_BYTES) return `${given}: has ${size} bytes\n  a result.json has at most ${MAX_RESULT_BYTES}`;
    const parsed = resultSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    if (parsed.success) return { folder: dirname(file), result: parsed.data };
    const [issue] = parsed.error.issues;
    return `${given}: is not a result of this version: ${issue?.path.join('.')}: ${issue?.message}\n  give a folder that letitcrash run wrote`;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? 'there is no result.json' : error instanceof Error ? error.message : String(error);
    return `${given}: ${why}\n  give a run folder, like runs/<time>-<scenario>-<target>`;
  }
}
