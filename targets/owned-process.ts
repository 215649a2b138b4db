/**
 * An OS process that a deployment started and alone may kill: one incarnation of a node. It logs to a file, is talked to by IPC, and
 * so dies with its parent; it is ended by handle, never by name.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isStopped } from './process-state.ts';
import type { NodeRuntime } from './target.ts';

const LOG_TAIL_CHARS = 4_000;
const LOG_LINE_CHARS = 300;
/** A thread that waits for the disk stops only when the disk has answered. */
const STOPS_WITHIN_MS = 5_000;
const PROBE_EVERY_MS = 1;

export interface Program {
  /** The program to start; without it this Node. */
  readonly file?: string;
  /** Of this Node: options, then the program. */
  readonly args: readonly string[];
  /** The working directory; without it this process's own. */
  readonly folder?: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface OwnedProcessOptions extends Program {
  /** In messages: `node n1`. */
  readonly name: string;
  readonly logFile: string;
}

/** How it is seen that a process serves. */
export interface Readiness<Answer> {
  /** In messages, after how the process ended: `before it was ready`. */
  readonly before: string;
  /** In messages, before the limit: `was not ready within`. */
  readonly late: string;
  /** What to do when it is late, on a line of its own. */
  readonly remedy?: string;
  /** Resolves when it is seen; nobody waits for it any more once `over` is aborted. */
  seen(process: OwnedProcess, over: AbortSignal): Promise<Answer>;
}

export class OwnedProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #logFile: string;
  readonly #file: string;
  readonly #folder: string | undefined;
  #alive = true;
  /** Why it never began, or how it ended; null while it is there. */
  #end: NodeJS.ErrnoException | string | null = null;
  #paused = false;
  #leaving = false;
  /** Resolves when the kernel has reaped it, or it never began. */
  readonly gone: Promise<void>;

  constructor({ name, file, args, folder, env, logFile }: OwnedProcessOptions) {
    const log = openSync(logFile, 'w');
    // In a process group of its own: Ctrl-C at the terminal reaches the whole group of the run, which alone decides when its servers end.
    const spawned = { stdio: ['ignore', log, log, 'ipc'] as SpawnOptions['stdio'], env, cwd: folder, detached: true };
    try {
      this.#child = spawn(file ?? process.execPath, args, spawned);
    } finally {
      closeSync(log);
    }
    this.#name = name;
    this.#file = file ?? process.execPath;
    this.#folder = folder;
    this.#logFile = logFile;
    this.gone = new Promise((resolve) => {
      const end = (how: NodeJS.ErrnoException | string): void => {
        // A message to a process that is dying fails as well, and says nothing of its end.
        if (how instanceof Error && this.#child.pid !== undefined) return;
        this.#alive = false;
        this.#end ??= how;
        resolve();
      };
      this.#child.once('exit', (code, signal) => end(signal ?? `exit ${code}`));
      this.#child.on('error', end);
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** SIGSTOP was sent, and SIGCONT was not. */
  get paused(): boolean {
    return this.#alive && this.#paused;
  }

  /** It was asked to end, and has not yet. */
  get leaving(): boolean {
    return this.#alive && this.#leaving;
  }

  /** Null when it is gone. */
  get osPid(): number | null {
    return this.#alive ? (this.#child.pid ?? null) : null;
  }

  /** A process that is dying answers by its exit, so that nothing is said of a message it no longer takes. */
  send(message: object): void {
    this.#child.send(message, () => undefined);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#child.on('message', listener);
  }

  /** Resolves when it is seen to serve. Rejects when it ends before that, or after `limitMs`; whoever started it then ends it. */
  async ready<Answer>({ before, late, remedy, seen }: Readiness<Answer>, limitMs: number): Promise<Answer> {
    const over = new AbortController();
    const ended = this.gone.then(() => Promise.reject(new Error(`${this.#name} ${this.#ended(before)}`)));
    const tooLate = delay(limitMs, undefined, { signal: over.signal }).then(() => {
      const advice = remedy === undefined ? '' : `\n  ${remedy}`;
      throw new Error(`${this.#name} ${late} ${Math.round(limitMs)} ms; ${this.#logTail()}${advice}`);
    });
    try {
      return await Promise.race([seen(this, over.signal), ended, tooLate]);
    } finally {
      over.abort();
    }
  }

  /** SIGSTOP; resolves when the kernel shows every thread of it stopped. @throws when it is gone, or does not stop. */
  async pause(): Promise<void> {
    const { osPid } = this;
    if (osPid === null) throw new Error(`${this.#name} is dead; only a live one can be paused`);
    this.#paused = true;
    this.#child.kill('SIGSTOP');
    const until = performance.now() + STOPS_WITHIN_MS;
    while (!(await isStopped(osPid))) {
      if (!this.#alive) throw new Error(`${this.#name} ended while it was being paused`);
      if (performance.now() > until) throw new Error(`${this.#name} was not stopped ${STOPS_WITHIN_MS} ms after SIGSTOP`);
      await delay(PROBE_EVERY_MS);
    }
  }

  /** SIGCONT. Does nothing to one that is gone or was not paused. */
  resume(): void {
    if (this.paused) this.#child.kill('SIGCONT');
    this.#paused = false;
  }

  /** SIGTERM, then SIGKILL after a grace period; resolves when it is gone. */
  async stop(graceMs: number): Promise<void> {
    if (!this.#alive) return;
    this.#leaving = true;
    this.#child.kill('SIGTERM');
    // A stopped process hears SIGTERM only when it goes on.
    this.resume();
    const timer = setTimeout(() => this.killNow(), graceMs);
    await this.gone;
    clearTimeout(timer);
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    this.killNow();
    await this.gone;
  }

  killNow(): void {
    if (this.#alive) this.#child.kill('SIGKILL');
  }

  /** What became of it before some moment, as the end of a sentence: how it ended and what it printed, or why it never began. */
  #ended(before: string): string {
    const end = this.#end;
    if (end instanceof Error) return `could not be started: ${this.#whyNotStarted(end)}`;
    return `ended (${end ?? 'for an unknown reason'}) ${before}: ${this.#logTail()}`;
  }

  /** The line of what it printed that says most, on one line; the log has the others. */
  #logTail(): string {
    const lines = readFileSync(this.#logFile, 'utf8').slice(-LOG_TAIL_CHARS).trim().split('\n');
    const [first = ''] = lines;
    if (first === '') return 'it printed nothing';
    // Of a stack trace the last lines say least.
    const telling = lines.findLast((line) => /(?:error|fatal|panic)\b[^:]*:/i.test(line)) ?? lines.at(-1) ?? '';
    const more = lines.length === 1 ? '' : ` (${this.#logFile} has the rest)`;
    return `it printed: ${telling.trim().slice(0, LOG_LINE_CHARS)}${more}`;
  }

  /** The kernel says ENOENT of a program, of the interpreter in its first line, and of the folder alike. */
  #whyNotStarted({ code, message }: NodeJS.ErrnoException): string {
    const file = JSON.stringify(this.#file);
    if (this.#folder !== undefined && !existsSync(this.#folder))
      return `its folder ${JSON.stringify(this.#folder)} does not exist`;
    if (code === 'ENOENT' && this.#file.includes('/') && existsSync(this.#file))
      return `the interpreter that the first line of ${file} names is not installed`;
    if (code === 'ENOENT') return `there is no program ${file}\n  install it, or give its full path`;
    if (code === 'EACCES') return `${file} is not an executable file\n  make it executable: chmod +x`;
    return `${file}: ${message}`;
  }
}

/** The process says by IPC that it is ready: the first message that `pick` makes something of. */
export function saysReady<Answer>(pick: (message: unknown) => Answer | null): Readiness<Answer> {
  return {
    before: 'before it was ready',
    late: 'was not ready within',
    seen: (process) =>
      new Promise((resolve) => {
        process.onMessage((message) => {
          const answer = pick(message);
          if (answer !== null) resolve(answer);
        });
      }),
  };
}

/** A program of JavaScript, on the Node that was asked for. */
export function onNode(
  runtime: NodeRuntime | undefined,
  args: readonly string[],
): Pick<Required<OwnedProcessOptions>, 'file' | 'args'> {
  return { file: runtime?.executable ?? process.execPath, args: [...(runtime?.flags ?? []), ...args] };
}

/** What a deployment says it runs on: `node 24.1.0 --max-semi-space-size=64`. */
export function runtimeText(runtime: NodeRuntime | undefined): string {
  return ['node', runtime?.version ?? process.versions.node, ...(runtime?.flags ?? [])].join(' ');
}
