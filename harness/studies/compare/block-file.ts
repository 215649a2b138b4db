/**
 * blocks.ndjson of a comparison folder: a header, then a line for each block as soon as it is complete. A comparison that is resumed begins
 * after the last whole line.
 */

import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunError } from '../../contracts/run-error.ts';
import { documentLine } from '../../evidence/result/printable.ts';
import { writeWhole } from '../../run/folder/run-folder.ts';
import { makeFolder } from '../../run/tools/make-folder.ts';
import { type ComparisonHeader, comparisonHeaderSchema, type PlayedBlock, playedBlockSchema } from './played-block.ts';

export const BLOCKS_FILE = 'blocks.ndjson';

export interface BlockFile {
  /** When the comparison began, possibly in an earlier process. */
  readonly startedAt: string;
  /** The blocks that had already been played. */
  readonly blocks: readonly PlayedBlock[];
  append(block: PlayedBlock): Promise<void>;
}

/** Makes the folder and its file, or resumes them. @throws RunError if the folder's blocks belong to another comparison. */
export async function openBlockFile(folder: string, header: ComparisonHeader): Promise<BlockFile> {
  makeFolder(folder);
  const path = join(folder, BLOCKS_FILE);
  const lines = await linesOf(path);
  const before = lines.length === 0 ? null : parsed(lines[0] as string, comparisonHeaderSchema);
  const blocks = lines.slice(1).map((line) => parsed(line, playedBlockSchema));
  if (lines.length > 0 && (before === null || blocks.includes(null))) {
    throw new RunError('folder-in-use', `${path} was not written by this version\n  give another folder: --out DIR`);
  }
  const difference = before === null ? null : differenceOf(before, header);
  if (difference !== null) {
    const remedy = 'resume with the same words (letitcrash compare --resume DIR), or give another folder: --out DIR';
    throw new RunError('folder-in-use', `${path} holds the blocks of another comparison: ${difference}\n  ${remedy}`);
  }
  const begun = before ?? header;
  // Half a line, from a process that was killed, is removed.
  const kept = [begun, ...blocks].map((line) => documentLine(line));
  await writeWhole(path, kept.join(''));
  return {
    startedAt: begun.startedAt,
    blocks: blocks.flatMap((block) => block ?? []),
    append: (block) => appendFile(path, documentLine(block)),
  };
}

/** The whole lines. */
async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').slice(0, -1);
}

function parsed<T>(line: string, schema: { safeParse(data: unknown): { success: boolean; data?: T } }): T | null {
  try {
    return schema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function differenceOf(before: ComparisonHeader, now: ComparisonHeader): string | null {
  if (before.seed !== now.seed) return `its seed is ${before.seed}, not ${now.seed}`;
  for (const side of ['a', 'b'] as const) {
    const name = side.toUpperCase();
    if (before[side].label !== now[side].label) return `its ${name} is ${before[side].label}, not ${now[side].label}`;
    if (before[side].plan !== now[side].plan) return `its ${name} has a different plan`;
  }
  const missing = now.metrics.filter((metric) => !before.metrics.includes(metric));
  return missing.length === 0 ? null : `it did not measure ${missing.join(', ')}`;
}
