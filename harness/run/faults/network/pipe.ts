/**
 * One direction of one proxied connection: what comes in is kept in order until the path's conditions let it out.
 *
 * Bounded: above MAX_QUEUED_BYTES the source is paused, as a sender whose window is full would be.
 */
import type { PathConditions } from './path-conditions.ts';

/** Enough for 100 ms of delay at 10 MB/s. */
const MAX_QUEUED_BYTES = 1024 * 1024;
/** Timers have a resolution of a millisecond: what is due within this goes at once, so that the mean error is near zero. */
const CLOSE_ENOUGH_MS = 0.5;

/** The end of the stream, orderly or violent, travels the path like bytes. */
export type Parcel = Buffer | 'end' | 'reset';

export interface PipeEnds {
  /** Hands a parcel to the receiver; false if it is full and `resume` will be called. */
  deliver(parcel: Parcel): boolean;
  /** Tells the source to stop sending, or to go on. */
  throttle(paused: boolean): void;
}

interface Waiting {
  parcel: Parcel;
  readonly dueMs: number;
}

export class Pipe {
  readonly #conditions: PathConditions;
  readonly #ends: PipeEnds;
  readonly #unwatch: () => void;
  readonly #queue: Waiting[] = [];
  #queuedBytes = 0;
  #lastDueMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #paused = false;
  #closed = false;
  /** The receiver is not ready: not connected yet, or full. */
  #blocked: boolean;

  constructor(conditions: PathConditions, ends: PipeEnds, blocked: boolean) {
    this.#conditions = conditions;
    this.#ends = ends;
    this.#blocked = blocked;
    this.#unwatch = conditions.watch(() => this.#pump());
  }

  push(parcel: Parcel): void {
    if (this.#closed) return;
    if (this.#queue.length === 0 && !this.#blocked && this.#conditions.clear) {
      this.#blocked = !this.#ends.deliver(parcel);
      this.#throttle();
      return;
    }
    this.#lastDueMs = Math.max(this.#lastDueMs, performance.now() + this.#conditions.drawDelayMs());
    this.#queue.push({ parcel, dueMs: this.#lastDueMs });
    if (typeof parcel !== 'string') this.#queuedBytes += parcel.length;
    this.#pump();
  }

  /** The sender is gone: what is in flight will never be sent again, and the news of it travels in its place. */
  pushReset(): void {
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    this.#blocked = false;
    this.push('reset');
  }

  /** The receiver accepts parcels again. */
  resume(): void {
    this.#blocked = false;
    this.#pump();
  }

  /** Nothing is delivered any more. */
  close(): void {
    this.#closed = true;
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#unwatch();
  }

  #pump(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    while (!this.#closed && !this.#blocked && !this.#conditions.held) {
      const [head] = this.#queue;
      if (head === undefined) break;
      const nowMs = performance.now();
      if (head.dueMs - nowMs > CLOSE_ENOUGH_MS) {
        this.#wake(head.dueMs - nowMs);
        break;
      }
      if (!this.#pass(head, nowMs)) break;
    }
    this.#throttle();
  }

  /** Delivers the head, or as much of it as is allowed; false if it must wait for tokens. */
  #pass(head: Waiting, nowMs: number): boolean {
    const { parcel } = head;
    if (typeof parcel === 'string') {
      this.#queue.shift();
      this.#blocked = !this.#ends.deliver(parcel);
      return true;
    }
    const bytes = this.#conditions.grant(parcel.length, nowMs);
    if (bytes === 0) {
      this.#wake(this.#conditions.waitMs(parcel.length, nowMs));
      return false;
    }
    if (bytes === parcel.length) this.#queue.shift();
    else head.parcel = parcel.subarray(bytes);
    this.#queuedBytes -= bytes;
    this.#blocked = !this.#ends.deliver(bytes === parcel.length ? parcel : parcel.subarray(0, bytes));
    return true;
  }

  #wake(ms: number): void {
    this.#timer = setTimeout(() => this.#pump(), Math.max(1, Math.round(ms)));
  }

  #throttle(): void {
    if (this.#closed) return;
    const paused = this.#queuedBytes >= (this.#paused ? MAX_QUEUED_BYTES / 2 : MAX_QUEUED_BYTES);
    if (paused === this.#paused) return;
    this.#paused = paused;
    this.#ends.throttle(paused);
  }
}
