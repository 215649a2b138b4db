/**
 * A connection with a Node process's inspector: requests, answers and events of the DevTools protocol
 * (https://chromedevtools.github.io/devtools-protocol/v8/), on one WebSocket.
 */
import { WebSocket } from 'ws';
import { ProfileError } from './profile-error.ts';

const CONNECTS_WITHIN_MS = 10_000;
/** A busy process answers between two turns; a long profile takes it a while to write. */
const ANSWERS_WITHIN_MS = 60_000;
/** A profile of some minutes has some tens of megabytes. */
const MAX_MESSAGE_BYTES = 512 * 1024 * 1024;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, (params: unknown) => void>();
  #lastId = 0;
  #open = true;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#take(JSON.parse(String(data))));
    const end = (): void => {
      this.#open = false;
      for (const { reject, timer } of this.#waiting.values()) {
        clearTimeout(timer);
        reject(new ProfileError('the process ended while it was profiled'));
      }
      this.#waiting.clear();
    };
    socket.on('close', end);
    // Followed by close.
    socket.on('error', () => undefined);
  }

  /** @throws ProfileError when nothing answers at this address. */
  static connect(address: string): Promise<Inspector> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(address, {
        perMessageDeflate: false,
        maxPayload: MAX_MESSAGE_BYTES,
        handshakeTimeout: CONNECTS_WITHIN_MS,
      });
      socket.once('error', (error) => reject(new ProfileError(`the inspector at ${address} does not answer: ${error.message}`)));
      socket.once('open', () => resolve(new Inspector(socket)));
    });
  }

  /** False once the process has ended, or the connection was closed. */
  get open(): boolean {
    return this.#open;
  }

  /** The answer to a request. @throws ProfileError when it is refused, when the process ends, and after a minute. */
  request<Answer = unknown>(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    if (!this.#open) return Promise.reject(new ProfileError('the process ended while it was profiled'));
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new ProfileError(`${method} was not answered within ${ANSWERS_WITHIN_MS / 1000} s`));
      }, ANSWERS_WITHIN_MS);
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject, timer });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** Has the process run this code, and gives the value of it, as JSON has it. @throws ProfileError with what it threw. */
  async evaluate<Value = unknown>(expression: string): Promise<Value> {
    const { result, exceptionDetails } = await this.request<Evaluated<Value>>('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails === undefined) return result.value;
    throw new ProfileError(
      `the process could not be prepared: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`,
    );
  }

  /** One listener a method. */
  onEvent<Params>(method: string, listener: (params: Params) => void): void {
    this.#listeners.set(method, listener as (params: unknown) => void);
  }

  close(): void {
    this.#socket.terminate();
  }

  #take({ id, method, params, result, error }: Message): void {
    if (id === undefined) {
      this.#listeners.get(method ?? '')?.(params);
      return;
    }
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new ProfileError(`the inspector refused: ${error.message}`));
  }
}

interface Evaluated<Value> {
  readonly result: { readonly value: Value };
  readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
}
