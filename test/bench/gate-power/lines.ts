/** The data of this bench: files of one JSON document a line, under data/, written as it goes. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DATA = fileURLToPath(new URL('./data/', import.meta.url));

/** All lines of a file; none when there is no file. A last line that an interruption cut short is left out. */
export function readLines(file: string): unknown[] {
  const whole = wholeLines(file);
  return whole === ''
    ? []
    : whole
        .slice(0, -1)
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
}

/** Appends a line, in the place of one that was cut short. */
export function appendLine(file: string, line: unknown): void {
  mkdirSync(DATA, { recursive: true });
  if (existsSync(DATA + file)) truncateSync(DATA + file, Buffer.byteLength(wholeLines(file)));
  appendFileSync(DATA + file, `${JSON.stringify(line)}\n`);
}

function wholeLines(file: string): string {
  if (!existsSync(DATA + file)) return '';
  const text = readFileSync(DATA + file, 'utf8');
  return text.slice(0, text.lastIndexOf('\n') + 1);
}
