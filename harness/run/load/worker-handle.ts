/**
 * The parent's handle on one worker process: requests with replies and limits, its unrequested messages, and its end. The process is killed
 * only by its handle.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorText, outsideText } from '../../evidence/result/printable.ts';
import { handOver } from '../tools/hand-over.ts';
import type { FromWorker, ToWorker, WorkerProgress, WorkerReplies, WorkerRequest } from './worker-protocol.ts';

/** A worker died, failed, or did not answer in time. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';
  readonly worker: number;
  constructor(worker: number, fault: string) {
    super(`load worker ${worker} ${fault}`);
    this.worker = worker;
  }
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export interface WorkerListener {
  progress(progress: WorkerProgress): void;
  credentials(from: number, count: number): readonly (readonly [token: string, secret: string])[];
  /** At most once; all current requests were rejected with the same error. */
  failed(error: WorkerError): void;
}

/** Of an error's message that is told. */
const ERROR_CHARS = 400;
/** Most of a dying worker's stderr that is kept for the error message. */
const KEPT_STDERR_CHARS = 4_000;
/** Compiled, the sibling is JavaScript like this file itself. */
const ENTRY = fileURLToPath(new URL(`./worker${extname(import.meta.url)}`, import.meta.url));

/** The parent's own; where it keeps compiled code on disk, the workers use that too and start in half the time. */
function workerEnvironment(): NodeJS.ProcessEnv {
  const cache = getCompileCacheDir();
  return cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: cache };
}

export class WorkerHandle {
  readonly worker: number;
  readonly #child: ChildProcess;
  readonly #listener: WorkerListener;
  readonly #pending = new Map<number, Pending>();
  readonly #exited: Promise<void>;
  #number = 0;
  #failure: WorkerError | null = null;
  #ending = false;

  /** `execArgv` are options of Node for the worker, for profiling. */
  constructor(worker: number, listener: WorkerListener, execArgv: readonly string[]) {
    this.worker = worker;
    this.#listener = listener;
    // In a session of its own. Linux shares processors out between sessions first (autogroup): in its parent's, a worker would wait for
    // hundreds of milliseconds behind whatever else was started there, while each node, which has its own, ran on.
    this.#child = fork(ENTRY, [], {
      detached: true,
      execPath: process.execPath,
      execArgv: [...execArgv],
      env: workerEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#exited = handOver(this.#child, () => {
      this.#child.on('message', (message) => this.#receive(message as FromWorker));
      this.#child.on('error', (error) => this.#fail(`could not be started: ${errorText(error)}`));
      return this.#end();
    });
  }

  /** Operating system process id, null when it could not be started. */
  get osPid(): number | null {
    return this.#child.pid ?? null;
  }

  /** Resolves with the worker's reply; rejects with WorkerError after `limitMs`, or when the worker fails or dies. */
  request<Type extends WorkerRequest['type']>(
    request: Extract<WorkerRequest, { type: Type }>,
    limitMs: number,
  ): Promise<WorkerReplies[Type]> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const number = ++this.#number;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(number);
        reject(new WorkerError(this.worker, `did not finish "${request.type}" within ${Math.round(limitMs)} ms`));
      }, limitMs);
      this.#pending.set(number, { resolve: resolve as (value: unknown) => void, reject, timer });
      this.#tell({ type: 'request', number, request });
    });
  }

  /** Close the channel, whereupon the worker goes; SIGKILL after `graceMs`. Resolves when it is gone. Idempotent. */
  async stop(graceMs: number): Promise<void> {
    this.#ending = true;
    this.#rejectAll(new WorkerError(this.worker, 'was stopped'));
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMs);
    if (this.#child.pid !== undefined) await this.#exited;
    clearTimeout(timer);
  }

  /** SIGKILL, synchronously. */
  killNow(): void {
    this.#ending = true;
    this.#child.kill('SIGKILL');
  }

  /** Resolves when the process is gone. Its `close` event would say so, but does not come after a disconnect from this side. */
  async #end(): Promise<void> {
    const exit = new Promise<string>((resolve) => {
      this.#child.on('exit', (code, signal) => resolve(signal ?? `exit ${code}`));
    });
    let stderr = '';
    for await (const text of this.#child.stderr?.setEncoding('utf8') ?? []) stderr = (stderr + text).slice(-KEPT_STDERR_CHARS);
    const how = await exit;
    this.#fail(`ended by itself (${how})${stderr === '' ? '' : `: ${outsideText(stderr, ERROR_CHARS)}`}`);
  }

  #tell(message: ToWorker): void {
    this.#child.send(message, (error) => {
      if (error !== null) this.#fail(`cannot be reached: ${errorText(error)}`);
    });
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'reply': {
        const pending = this.#pending.get(message.number);
        if (pending === undefined) return;
        this.#pending.delete(message.number);
        clearTimeout(pending.timer);
        pending.resolve(message.value);
        return;
      }
      case 'need-credentials':
        this.#giveCredentials(message.from, message.count);
        return;
      case 'progress':
        this.#listener.progress(message.progress);
        return;
      case 'failed':
        this.#fail(`failed: ${outsideText(message.message, ERROR_CHARS)}${placeText(message.stack)}`);
        this.#child.kill('SIGKILL');
    }
  }

  #giveCredentials(from: number, count: number): void {
    try {
      this.#tell({ type: 'credentials', from, credentials: this.#listener.credentials(from, count) });
    } catch (error) {
      this.#fail(`cannot be given the credentials of devices ${from} to ${from + count - 1}: ${errorText(error)}`);
    }
  }

  #fail(fault: string): void {
    if (this.#failure !== null) return;
    this.#failure = new WorkerError(this.worker, fault);
    this.#rejectAll(this.#failure);
    if (!this.#ending) this.#listener.failed(this.#failure);
  }

  #rejectAll(error: WorkerError): void {
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(error);
    }
    this.#pending.clear();
  }
}

/** Where an error was thrown: the first line of its stack below Node's own, ` (at file:///chat-driver.ts:12:5)`; empty when nothing says. */
function placeText(stack: string): string {
  const frame = stack.split('\n').find((line) => /^\s+at /.test(line) && !/\bnode:|<anonymous>/.test(line));
  return frame === undefined ? '' : ` (${outsideText(frame)})`;
}
