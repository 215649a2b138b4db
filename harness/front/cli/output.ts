/**
 * Where text leaves for a terminal, a log or a pipe: the only file of the harness that writes to stdout and stderr
 * (test/rules/outside-text.test.ts). Everything that is printed goes through logText or documentText here, so no command has to take care
 * of it.
 */
import { documentText, type LogOptions, logText, outsideText } from '../../evidence/result/printable.ts';
import { ExitCode } from '../library/exit-codes.ts';

export type Stream = 'stdout' | 'stderr';

/** Lines for people, whoever wrote the words in them. */
export function writeLines(stream: Stream, text: string, options?: LogOptions): void {
  write(stream, `${logText(text, options)}\n`);
}

/** A JSON document, on stdout. */
export function writeDocument(value: unknown): void {
  write('stdout', `${documentText(value)}\n`);
}

/** Text for a program, unchanged: a script for k6. */
export function writeScript(text: string): void {
  write('stdout', text);
}

/** Commands for the runner of GitHub Actions, which reports/github-annotations.ts has escaped. */
export function writeAnnotations(stream: Stream, lines: readonly string[]): void {
  for (const line of lines) write(stream, `${line}\n`);
}

const failed = new Set<Stream>();

function write(stream: Stream, text: string): void {
  if (failed.has(stream)) return;
  try {
    process[stream].write(text);
  } catch (error) {
    fails(stream, error as NodeJS.ErrnoException);
  }
}

let watched = false;

/** From now on, an output that cannot be written does not end anything half-way. Call it before anything is written; it is idempotent. */
export function watchOutput(): void {
  if (watched) return;
  watched = true;
  for (const stream of ['stdout', 'stderr'] as const)
    process[stream].on('error', (error: NodeJS.ErrnoException) => fails(stream, error));
  process.once('exit', () => {
    // A verdict that says more than "pass" is kept.
    if (lost && (process.exitCode ?? ExitCode.pass) === ExitCode.pass) process.exitCode = ExitCode.environment;
  });
}

/** Something that was meant to be read could not be written. */
let lost = false;

function fails(stream: Stream, error: NodeJS.ErrnoException): void {
  if (failed.has(stream)) return;
  failed.add(stream);
  // The reader of our output may have seen enough: letitcrash schema result | head. Running work continues to its verdict.
  if (error.code === 'EPIPE') return;
  lost = true;
  if (stream === 'stdout')
    writeLines('stderr', `letitcrash: stdout cannot be written: ${outsideText(error.message)}\n  write to a place that has room`);
}
