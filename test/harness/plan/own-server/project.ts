/** A user's project in a folder of its own, in which `letitcrash` and `ws` are installed as links to this checkout. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const CHECKOUT = fileURLToPath(new URL('../../../..', import.meta.url));

/** Writes the files and gives the folder, which is gone after the test, or when `atEnd` says. */
export function project(
  files: Readonly<Record<string, string>> = {},
  atEnd: (cleanUp: () => void) => void = onTestFinished,
): string {
  const folder = mkdtempSync(join(tmpdir(), 'letitcrash-project-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(CHECKOUT, join(folder, 'node_modules', 'letitcrash'));
  symlinkSync(join(CHECKOUT, 'node_modules', 'ws'), join(folder, 'node_modules', 'ws'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
