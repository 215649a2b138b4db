/**
 * An OS process that a deployment started and alone may kill: one incarnation of a node. It logs to a file, is talked to by IPC, and
 * so dies with its parent; it is ended by handle, never by name.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isStopped } from './process-state.ts';
import type { NodeRuntime, NodeState } from './target.ts';

const LOG_TAIL_BYTES = 2_000;
/** A thread that waits for the disk stops only when the disk has answered. */
const STOPS_WITHIN_MS = 5_000;
const PROBE_EVERY_MS = 1;

export interface OwnedProcessOptions {
  /** In messages: `node n1`. */
  readonly name: string;
  /** The program to start; without it this Node. */
  readonly file?: string;
  /** Of this Node: options, then the program. */
  readonly args: readonly string[];
  /** The working directory; without it this process's own. */
  readonly folder?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
}

export class OwnedProcess {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #logFile: string;
  #alive = true;
  #paused = false;
  #leaving = false;
  /** Resolves when the kernel has reaped it, or it never began. */
  readonly gone: Promise<void>;

  constructor({ name, file, args, folder, env, logFile }: OwnedProcessOptions) {
    const log = openSync(logFile, 'w');
    this.#child = spawn(file ?? process.execPath, args, { stdio: ['ignore', log, log, 'ipc'], env, cwd: folder });
    closeSync(log);
    this.#name = name;
    this.#logFile = logFile;
    this.gone = new Promise((resolve) => {
      const end = (): void => {
        this.#alive = false;
        resolve();
      };
      this.#child.once('exit', end);
      this.#child.once('error', end);
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

  /** The first message that `pick` makes something of. Rejects, the process killed, after `limitMs`; or when it ends before. */
  answer<Answer>(pick: (message: unknown) => Answer | null, limitMs: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: { readonly answer: Answer } | Error): void => {
        clearTimeout(timer);
        this.#child.removeListener('exit', onExit);
        this.#child.removeListener('error', settle);
        this.#child.removeListener('message', onMessage);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome.answer);
      };
      const onExit = (code: number | null, signal: string | null): void =>
        settle(new Error(`${this.#name} ended (${signal ?? `exit ${code}`}) before it was ready: ${this.logTail()}`));
      const onMessage = (message: unknown): void => {
        const answer = pick(message);
        if (answer !== null) settle({ answer });
      };
      const timer = setTimeout(() => {
        this.killNow();
        settle(new Error(`${this.#name} was not ready within ${Math.round(limitMs)} ms; its log is ${this.#logFile}`));
      }, limitMs);
      this.#child.on('exit', onExit);
      this.#child.on('error', settle);
      this.#child.on('message', onMessage);
    });
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

  /** The end of what it printed. */
  logTail(): string {
    const text = readFileSync(this.#logFile, 'utf8').trim();
    return text === '' ? 'its log is empty' : text.slice(-LOG_TAIL_BYTES);
  }
}

/** The loopback address of a node, counted from 0. Only Linux answers on the whole of 127.0.0.0/8 without being asked to. */
export function nodeHost(deployment: number, index: number): string {
  return process.platform === 'linux' ? `127.0.${deployment}.${index + 1}` : '127.0.0.1';
}

/** What a node is in by its present process, which has said that it serves or has not yet. */
export function stateOf(process: OwnedProcess | null, serving: boolean): NodeState {
  if (process?.alive !== true) return 'dead';
  if (process.paused) return 'paused';
  if (process.leaving) return 'leaving';
  return serving ? 'ready' : 'starting';
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
