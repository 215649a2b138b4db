/** Names and paths of targets and drivers: a scenario gives either, and a path is recognised by its slash or its ending. Pure. */
import { basename, extname } from 'node:path';

const MODULE_ENDINGS: readonly string[] = ['.ts', '.mts', '.js', '.mjs'];

/** Whether `text` names a file (`./my-target.ts`) rather than a bundled target or driver (`reference`). */
export function isModulePath(text: string): boolean {
  return /[/\\]/.test(text) || MODULE_ENDINGS.includes(extname(text));
}

/** How to call it in folder names and messages: a bundled name as it is, a file without its folder and ending. */
export function moduleLabel(text: string): string {
  return isModulePath(text) ? basename(text, extname(text)) : text;
}
