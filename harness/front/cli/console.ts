/** Where the text of a command goes: with --json the document is alone on stdout, and everything for people goes to stderr. */
import type { Command } from 'commander';
import { clip } from '../../evidence/result/printable.ts';
import { type ExplainedError, explainError } from '../library/explain-error.ts';
import { writeDocument, writeLines } from './output.ts';

/** Flags that every command takes. */
export interface CommonOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly out: string | undefined;
  readonly seed: number | undefined;
  readonly set: readonly string[];
}

export interface Console {
  readonly options: CommonOptions;
  /** Whether text for people may be coloured. */
  readonly colour: boolean;
  /** Columns of the terminal; infinite if there is none: nothing is cut off in a file or a pipe. */
  readonly width: number;
  /** Prints the result of the command in words. Not printed with --json. */
  print(text: string): void;
  /** Prints the same with the colours that a report builder gave it. */
  printReport(text: string): void;
  /** What goes on; not printed with --quiet. */
  say(text: string): void;
  /** Prints what went wrong. */
  complain(text: string): void;
  /** Says what an error was, in its own words or as what `failed`, and gives it explained. With --json the mistakes of a scenario are the document. */
  fail(error: unknown, failed?: string): ExplainedError;
  /** Prints the document, with --json. */
  document(value: unknown): void;
}

const DEFAULT_WIDTH = 80;
/** Maximum characters of a line of a complaint, and maximum lines. */
const COMPLAINT_CHARS = 1_000;
const COMPLAINT_LINES = 12;

/**
 * A complaint says what is wrong on one line, and what would be right on indented lines. A line that begins in any other way is foreign
 * text and continues with its own lines.
 */
function complaint(text: string): string {
  const lines: string[] = [];
  for (const line of text.split(/\r\n|[\n\r\u2028\u2029]/u)) {
    const isOurs = lines.length === 0 || line.startsWith('  ');
    if (isOurs) lines.push(line);
    else lines.push(`${lines.pop() ?? ''} ${line}`);
  }
  return lines
    .slice(0, COMPLAINT_LINES)
    .map((line) => clip(line, COMPLAINT_CHARS))
    .join('\n');
}

/** The console of a command that commander is about to run. */
export function consoleOf(command: Command): Console {
  const { json, quiet, out, seed, set } = command.optsWithGlobals<Partial<CommonOptions>>();
  const options: CommonOptions = {
    json: json ?? false,
    quiet: quiet ?? false,
    out,
    seed,
    set: set ?? [],
  };
  const people = options.json ? process.stderr : process.stdout;
  const complain = (text: string): void => writeLines('stderr', `letitcrash: ${complaint(text)}`);
  const document = (value: unknown): void => {
    if (options.json) writeDocument(value);
  };
  return {
    options,
    colour: people.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
    width: people.isTTY === true ? (people.columns ?? DEFAULT_WIDTH) : Number.POSITIVE_INFINITY,
    print: (text) => {
      if (!options.json) writeLines('stdout', text);
    },
    printReport: (text) => {
      if (!options.json) writeLines('stdout', text, { colour: true });
    },
    say: (text) => {
      if (!options.quiet) writeLines('stderr', text);
    },
    complain,
    fail: (error, failed) => {
      const explained = explainError(error, failed);
      for (const text of explained.texts) complain(text);
      if (explained.problems.length > 0) document({ schema: 'letitcrash.problems/1', problems: explained.problems });
      return explained;
    },
    document,
  };
}
