import { isMainThread, MessageChannel, Worker } from 'node:worker_threads';
import type { Turns } from '../platform.ts';
import { BEAT, CONDEMNED, type WatchdogData, watchdogSource } from './watchdog.ts';

/** A condemned turn waits for its interruption, which is under way; if that fails it goes on after so many milliseconds. */
const CONDEMNED_WAIT_MS = 2000;

interface Turn {
  readonly run: () => void;
  readonly interrupted: () => void;
}

/**
 * Turns whose end a watchdog thread enforces. They are entered through a message port and not through `setImmediate`: a port's
 * callback may be cut off at any point without harm to the event loop, which Node's own queue of immediates does not bear.
 * The port is kicked from an immediate all the same, so that I/O has its chance between two turns.
 */
class GuardedTurns implements Turns {
  readonly #beat = new Int32Array(new SharedArrayBuffer(4));
  readonly #kick: () => void;
  readonly #hold: (held: boolean) => void;
  #turns: Turn[] = [];
  #running: Turn | null = null;
  #number = 0;
  watched = false;
  /** A message is on its way that will run what waits. */
  #kicked = false;

  constructor(limitMs: number) {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', () => this.#runAll());
    port1.unref();
    this.#kick = () => port2.postMessage(null);
    this.#hold = (held) => (held ? port1.ref() : port1.unref());
    const workerData: WatchdogData = { beat: this.#beat, limitMs };
    const limits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1, codeRangeSizeMb: 4 };
    const worker = new Worker(watchdogSource, { eval: true, workerData, resourceLimits: limits, env: {}, execArgv: [] });
    worker.on('message', (message) => {
      if (message === 'ready') this.watched = true;
      else this.#recover();
    });
    worker.unref();
  }

  defer(run: () => void, interrupted: (() => void) | null): void {
    if (interrupted === null) {
      setImmediate(run);
      return;
    }
    this.#turns.push({ run, interrupted });
    if (!this.#kicked) this.#kickLater();
  }

  #kickLater(): void {
    this.#kicked = true;
    this.#hold(true);
    setImmediate(this.#kick);
  }

  /** Run what waits now; what is deferred meanwhile belongs to a later turn of the event loop. */
  #runAll(): void {
    this.#recover();
    this.#kicked = false;
    for (let left = this.#turns.length; left > 0; left--) {
      const turn = this.#turns.shift() as Turn;
      this.#running = turn;
      this.#number = (this.#number + 2) & 0x3fffffff;
      const odd = this.#number + 1;
      Atomics.store(this.#beat, BEAT, odd);
      // An error is the caller's affair and goes through; an interruption does not even run `finally`.
      try {
        turn.run();
      } finally {
        if (Atomics.compareExchange(this.#beat, BEAT, odd, odd + 1) === CONDEMNED) awaitInterruption();
        this.#running = null;
        if (this.#turns.length > 0 && !this.#kicked) this.#kickLater();
      }
    }
    if (!this.#kicked) this.#hold(false);
  }

  /** Whoever finds a turn running that is not on the stack knows that it was cut off. */
  #recover(): void {
    const cut = this.#running;
    if (cut === null) return;
    this.#running = null;
    Atomics.store(this.#beat, BEAT, 0);
    cut.interrupted();
    // Those that waited behind it lost the message that would have run them.
    if (!this.#kicked && this.#turns.length > 0) this.#kickLater();
  }
}

function awaitInterruption(): void {
  const untilMs = performance.now() + CONDEMNED_WAIT_MS;
  while (performance.now() < untilMs);
}

/** Turns without a guard, for where there is no inspector to interrupt the main thread, or this is not the main thread. */
export const plainTurns: Turns = { defer: (run) => void setImmediate(run) };

/** Whether the watchdog of this limit watches already: its thread takes some tens of milliseconds to start. */
export function watchdogReady(limitMs: number): boolean {
  const turns = guarded.get(limitMs);
  return turns instanceof GuardedTurns && turns.watched;
}

const guarded = new Map<number, Turns>();

/** One watchdog serves an OS process for each limit asked for. */
export function guardedTurns(limitMs: number): Turns {
  if (!isMainThread) return plainTurns;
  const known = guarded.get(limitMs);
  if (known !== undefined) return known;
  const turns = new GuardedTurns(limitMs);
  guarded.set(limitMs, turns);
  return turns;
}
