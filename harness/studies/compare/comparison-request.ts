/** request.json of a comparison folder: what was asked for, so that an interrupted comparison can be resumed from its folder alone. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { documentText } from '../../evidence/result/printable.ts';
import { systemErrorWords } from '../../evidence/result/system-error.ts';
import { writeWhole } from '../../run/folder/run-folder.ts';

const requestSchema = z.object({
  a: z.string(),
  b: z.string(),
  scenario: z.string().nullable(),
  policy: z.string().nullable(),
  blocks: z.number().int().nullable(),
  set: z.array(z.string()),
  seed: z.number().int(),
});

export const REQUEST_FILE = 'request.json';

export type ComparisonRequest = z.infer<typeof requestSchema>;

/** Writes into an existing folder. */
export async function writeRequest(folder: string, request: ComparisonRequest): Promise<void> {
  await writeWhole(join(folder, REQUEST_FILE), `${documentText(request)}\n`);
}

/** If there is no valid request, it returns what is wrong in words. */
export async function readRequest(folder: string): Promise<ComparisonRequest | string> {
  const file = join(folder, REQUEST_FILE);
  try {
    const parsed = requestSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    if (parsed.success) return parsed.data;
    return `${file}: was not written by this version\n  give a folder that letitcrash compare wrote`;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? 'there is no request.json' : systemErrorWords(error);
    return `${folder.trim() === '' ? JSON.stringify(folder) : folder}: ${why}\n  give the folder of a comparison that was interrupted, like runs/<time>-compare-<target>`;
  }
}
