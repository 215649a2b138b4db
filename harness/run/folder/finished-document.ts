/** Reads what a command left behind in a folder: one JSON document of a known kind. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { errorText } from '../../evidence/result/printable.ts';

/** Documents are small text; a file of this size is something else. */
const MAX_BYTES = 64 * 1024 * 1024;

export interface DocumentKind<T> {
  /** Its name in the folder: result.json. */
  readonly file: string;
  readonly schema: z.ZodType<T>;
  /** What it is a document of: `a result`. */
  readonly what: string;
  /** What would have been right: `give a folder that letitcrash run wrote`. */
  readonly remedy: string;
}

export interface Finished<T> {
  readonly folder: string;
  readonly document: T;
}

/** Reads a folder, or the document itself; returns what is wrong in words. */
export async function readDocument<T>(
  given: string,
  { file: name, schema, what, remedy }: DocumentKind<T>,
): Promise<Finished<T> | string> {
  // It would be read as the working directory.
  if (given.trim() === '') return `'${given}': names nothing\n  ${remedy}`;
  let file = resolve(given);
  try {
    if ((await stat(file)).isDirectory()) file = join(file, name);
    const facts = await stat(file);
    // A device or a pipe may never end.
    if (!facts.isFile()) return `${given}: is not a file\n  ${remedy}`;
    const { size } = facts;
    if (size > MAX_BYTES) return `${given}: has ${size} bytes\n  a ${name} has at most ${MAX_BYTES}`;
    const parsed = schema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    if (parsed.success) return { folder: dirname(file), document: parsed.data };
    const [issue] = parsed.error.issues;
    return `${given}: is not ${what} of this version: ${issue?.path.join('.')}: ${issue?.message}\n  ${remedy}`;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? `there is no ${name}` : errorText(error);
    return `${given}: ${why}\n  ${remedy}`;
  }
}

/** Which of these files a folder holds: the first one that exists; a path that is a file is its own name. Null if there is none. */
export async function fileIn(given: string, names: readonly string[]): Promise<string | null> {
  const path = resolve(given);
  const there = async (file: string): Promise<boolean> => (await stat(file).catch(() => null))?.isFile() === true;
  if (await there(path)) return names.find((name) => name === basename(path)) ?? null;
  for (const name of names) if (await there(join(path, name))) return name;
  return null;
}
