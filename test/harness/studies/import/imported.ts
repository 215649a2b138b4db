/** A folder for imports, and imports into it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Result } from '../../../../harness/evidence/result/result.ts';
import { type ImportTool, importOutputFile } from '../../../../harness/studies/import/import-output.ts';

/** Removed when the test ends. */
export function importFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'letitcrash-import-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A document is written as JSON, bytes as they are. */
export function written(document: unknown, name = 'given.json', folder = importFolder()): string {
  const file = join(folder, name);
  writeFileSync(file, document instanceof Uint8Array || typeof document === 'string' ? document : JSON.stringify(document));
  return file;
}

export async function resultsOf(tool: ImportTool, document: unknown): Promise<readonly Result[]> {
  const results = await importOutputFile(tool, written(document), {});
  if (typeof results === 'string') throw new Error(results);
  return results;
}

export async function resultOf(tool: ImportTool, document: unknown): Promise<Result> {
  const [result] = await resultsOf(tool, document);
  return result as Result;
}

/** What is wrong with the file; without its path. */
export async function problemOf(tool: ImportTool, document: unknown): Promise<string> {
  const results = await importOutputFile(tool, written(document), {});
  if (typeof results !== 'string') throw new Error('it was read');
  return results.slice(results.indexOf('given.json') + 'given.json'.length);
}
