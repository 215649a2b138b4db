/** One k6 process: started without a shell, and ended by its handle. In: a script. Out: its summary. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { RunError } from '../../../contracts/run-error.ts';
import { fileText } from '../../tools/file-text.ts';
import { handOver } from '../../tools/hand-over.ts';
import { jsonDocuments } from '../../tools/json-documents.ts';
import { K6_INTERRUPTED, K6_PLAYED, k6ExitText } from './k6-exit.ts';
import type { K6Summary } from './k6-metric.ts';
import { K6 } from './k6-program.ts';
import { readK6Summary, TREND_STATS } from './k6-summary.ts';

export interface K6LoadOptions {
  readonly scriptFile: string;
  readonly summaryFile: string;
  readonly folder: string;
  /** Where its REST API listens. */
  readonly address: string;
  readonly env: NodeJS.ProcessEnv;
  /** The maximum time it may take. */
  readonly limitMs: number;
}

const MAX_LINES = 5;
const MAX_LINE_CHARS = 400;

export class K6Load {
  readonly #options: K6LoadOptions;
  readonly #child: ChildProcess;
  readonly #ended: Promise<string>;
  readonly #complaints: string[] = [];
  #code: number | null = null;
  #interrupted = false;

  /** Starts it; the load begins at once. */
  constructor(options: K6LoadOptions) {
    this.#options = options;
    const { address, scriptFile, folder, env } = options;
    const flags = ['--quiet', '--no-color', '--no-usage-report', '--log-format', 'json', '--address', address];
    this.#child = spawn(K6, ['run', ...flags, '--summary-trend-stats', TREND_STATS, scriptFile], {
      cwd: folder,
      env,
      // Ctrl-C at the terminal reaches the whole process group: the run decides when k6 ends, and a second SIGINT would lose its summary.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#ended = handOver(this.#child, () => {
      const { stderr } = this.#child;
      // There is none where this process has no file left to open.
      if (stderr) createInterface({ input: stderr }).on('line', (line) => this.#hear(line));
      return new Promise((resolve) => {
        this.#child.once('error', (error) => resolve(`k6 cannot be started: ${error.message}`));
        this.#child.once('close', (code, signal) => {
          this.#code = code;
          resolve(k6ExitText(code, signal));
        });
      });
    });
  }

  get osPids(): readonly number[] {
    return this.#child.pid === undefined ? [] : [this.#child.pid];
  }

  /**
   * Resolves when it has ended and its summary is read. @throws RunError, with k6's own last words, if it did not play the script to its
   * end.
   */
  async summary(): Promise<K6Summary> {
    const { limitMs, summaryFile } = this.#options;
    const limit = setTimeout(() => {
      this.#complaints.push(`it did not end within ${Math.round(limitMs / 1000)} s`);
      this.killNow();
    }, limitMs);
    const how = await this.#ended.finally(() => clearTimeout(limit));
    const played = this.#interrupted ? [...K6_PLAYED, K6_INTERRUPTED] : K6_PLAYED;
    if (this.#code === null || !played.includes(this.#code)) throw new RunError('machine-lacks', this.#inWords(how));
    const bytes = await readFile(summaryFile).catch(() => null);
    const documents = bytes === null ? 'there is none' : jsonDocuments(fileText(bytes) ?? '');
    const read = typeof documents === 'string' ? { problem: documents } : readK6Summary(documents[0]?.data);
    if ('problem' in read) throw new RunError('machine-lacks', this.#inWords(`${how}; its summary: ${read.problem}`));
    return read;
  }

  /** It ends early, and its summary covers what it had. */
  interrupt(): void {
    this.#interrupted = true;
    this.#child.kill('SIGINT');
  }

  async stop(): Promise<void> {
    this.killNow();
    await this.#ended;
  }

  killNow(): void {
    this.#child.kill('SIGKILL');
  }

  #inWords(how: string): string {
    return [how, ...this.#complaints.map((line) => `  ${line}`)].join('\n');
  }

  /** Keeps the first errors of its log, which has one JSON object on each line; the last line repeats their consequences. */
  #hear(line: string): void {
    const said = messageOf(line);
    if (said === null || this.#complaints.includes(said)) return;
    if (this.#complaints.length === MAX_LINES) this.#complaints.pop();
    this.#complaints.push(said);
  }
}

/** Null for what is not an error or warning. */
function messageOf(line: string): string | null {
  if (line.trim() === '') return null;
  try {
    const { level, msg } = JSON.parse(line) as { readonly level?: unknown; readonly msg?: unknown };
    return (level === 'error' || level === 'warning') && typeof msg === 'string' ? msg.slice(0, MAX_LINE_CHARS) : null;
  } catch {
    return line.slice(0, MAX_LINE_CHARS);
  }
}
