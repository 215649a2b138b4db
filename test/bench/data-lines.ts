/** The data of a bench: files of one JSON document a line, in a folder of its own, written as it goes. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface DataLines {
  /** All lines of a file; none when there is no file. A last line that an interruption cut short is left out. */
  read(file: string): unknown[];
  /** Appends a line, in the place of one that was cut short. */
  append(file: string, line: unknown): void;
}

/** `folder`: a file URL that ends with a slash; it is made when the first line is written. */
export function dataLines(folder: URL): DataLines {
  const path = fileURLToPath(folder);
  const wholeLines = (file: string): string => {
    if (!existsSync(path + file)) return '';
    const text = readFileSync(path + file, 'utf8');
    return text.slice(0, text.lastIndexOf('\n') + 1);
  };
  return {
    read(file) {
      const whole = wholeLines(file);
      return whole === ''
        ? []
        : whole
            .slice(0, -1)
            .split('\n')
            .map((line) => JSON.parse(line) as unknown);
    },
    append(file, line) {
      mkdirSync(path, { recursive: true });
      if (existsSync(path + file)) truncateSync(path + file, Buffer.byteLength(wholeLines(file)));
      appendFileSync(path + file, `${JSON.stringify(line)}\n`);
    },
  };
}
