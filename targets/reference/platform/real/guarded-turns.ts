import { writeSync } from 'node:fs';
import { isMainThread, MessageChannel, Worker } from 'node:worker_threads';
import { type Turns, unguarded } from '../platform.ts';
import { turnBegins, turnCut, turnEnded } from './turn-end.ts';
import { ENDLESS, HIT, NONE, ORDERED, SENTENCE, STATE, type WatchdogData, watchdogSource } from './watchdog.ts';

/** Who is condemned waits for the watchdog to strike; if it does not within this many milliseconds, the sentence is withdrawn. */
const CONDEMNED_WAIT_MS = 2_000;
/** A stroke that was ordered comes within this many milliseconds, or nobody can say any more whom it will hit. */
const STRUCK_WAIT_MS = 10_000;

interface Turn {
  readonly run: () => void;
  readonly interrupted: () => void;
}

/**
 * Turns whose end a watchdog thread enforces. They are entered through a message port and not through `setImmediate`: a port's
 * callback may be cut off at any point without harm to the event loop, which Node's own queue of immediates does not bear.
 * From its own callback the port is kicked in an immediate, so that I/O has its chance between two turns; from elsewhere at once.
 *
 * Only code between `begin` or `expose` and `shelter` is ever cut off. The main thread says where it is with plain writes and looks
 * at the sentence after it took shelter; the watchdog passes sentence first and looks some milliseconds later, when any such write
 * has become visible, whether there is shelter. So one of the two always sees the other, and neither waits for the other on its way.
 * (An `Atomics.load` would be a call of 25 ns, several times a message.)
 */
class GuardedTurns implements Turns {
  readonly #beat = new Int32Array(new SharedArrayBuffer(16));
  /** What the beat says of a turn that goes on: its number, doubled, and whether it is exposed. */
  #state = 0;
  readonly #kick: () => void;
  readonly #hold: (held: boolean) => void;
  #turns: Turn[] = [];
  #running: Turn | null = null;
  watched = false;
  /** A message is on its way that will run what waits. */
  #kicked = false;
  /** The port's callback is on the stack, or was cut off and nobody has noticed yet. */
  #inPort = false;

  constructor(limitMs: number, endlessMs: number) {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', () => this.#called());
    port1.unref();
    this.#kick = () => port2.postMessage(null);
    this.#hold = (held) => (held ? port1.ref() : port1.unref());
    const workerData: WatchdogData = { beat: this.#beat, limitMs, endlessMs };
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
    if (!this.#kicked) this.#kickOnce();
  }

  begin(): void {
    // Outside of a guarded turn nobody could be told of an interruption.
    if (this.#running === null) return;
    if (this.#beat[SENTENCE] !== NONE) this.#pardon();
    this.#state = ((this.#state + 2) & 0x3ffffffe) + 1;
    this.#beat[STATE] = this.#state;
  }

  shelter(): boolean {
    if ((this.#state & 1) === 0) return false;
    this.#state--;
    this.#beat[STATE] = this.#state;
    if (this.#beat[SENTENCE] !== NONE) {
      // Nothing is half done here. A call is a point at which the stroke may come.
      this.#state++;
      return this.#obey();
    }
    return true;
  }

  expose(): void {
    this.#state++;
    this.#beat[STATE] = this.#state;
  }

  #kickOnce(): void {
    this.#kicked = true;
    this.#hold(true);
    // A port that is kicked in its callback calls that again before the event loop goes on.
    if (this.#inPort) setImmediate(this.#kick);
    else this.#kick();
  }

  #called(): void {
    this.#recover();
    this.#kicked = false;
    this.#inPort = true;
    try {
      this.#runAll();
    } finally {
      this.#inPort = false;
      if (!this.#kicked) this.#hold(false);
    }
  }

  /** Run what waits now; what is deferred meanwhile belongs to a later turn of the event loop. */
  #runAll(): void {
    for (let left = this.#turns.length; left > 0; left--) {
      const turn = this.#turns.shift() as Turn;
      this.#running = turn;
      turnBegins();
      // An error is the caller's affair and goes through; an interruption does not even run `finally`.
      try {
        turn.run();
      } finally {
        this.#end();
        this.#running = null;
        if (this.#turns.length > 0 && !this.#kicked) this.#kickOnce();
        turnEnded();
      }
    }
  }

  /** After this nothing is cut off any more. */
  #end(): void {
    this.shelter();
    this.#pardon();
    this.#beat[STATE] = 0;
  }

  /** The sentence is this turn's, or it came too late for the turn before. Returns as `shelter` does, if at all. */
  #obey(): boolean {
    const beat = this.#beat;
    const sentence = beat[SENTENCE] as number;
    if (sentence < 0 || sentence === this.#state >> 1) {
      // Whoever calls is cut off here, where nothing is half done.
      beat[STATE] = this.#state;
      if (this.#awaitsStroke(CONDEMNED_WAIT_MS)) return false;
      // The watchdog sleeps.
      if (Atomics.compareExchange(beat, SENTENCE, this.#state >> 1, NONE) < 0) {
        if (this.#awaitsStroke(STRUCK_WAIT_MS)) return false;
        endNode();
      }
    } else Atomics.compareExchange(beat, SENTENCE, sentence, NONE);
    this.#state--;
    beat[STATE] = this.#state;
    return true;
  }

  /** Returns true when the stroke had hit before: whoever calls is not of the turn that was cut off, which is seen to now. */
  #awaitsStroke(ms: number): boolean {
    const beat = this.#beat;
    const untilMs = performance.now() + ms;
    while (performance.now() < untilMs) {
      if ((beat[SENTENCE] as number) >= 0 || Atomics.load(beat, HIT) !== beat[ORDERED]) continue;
      this.#recover();
      return true;
    }
    return false;
  }

  /** Sheltered; no sentence holds any more. A stroke that was ordered all the same is the end: this work took too long for anything else. */
  #pardon(): void {
    if (Atomics.exchange(this.#beat, SENTENCE, NONE) >= 0) return;
    Atomics.store(this.#beat, SENTENCE, ENDLESS);
    const untilMs = performance.now() + STRUCK_WAIT_MS;
    while (performance.now() < untilMs);
    endNode();
  }

  /** Whoever finds a turn running that is not on the stack knows that it was cut off. */
  #recover(): void {
    const cut = this.#running;
    if (cut === null) return;
    const isEndless = this.#beat[SENTENCE] === ENDLESS;
    this.#running = null;
    this.#inPort = false;
    turnCut();
    this.#state &= ~1;
    Atomics.store(this.#beat, STATE, 0);
    Atomics.store(this.#beat, SENTENCE, NONE);
    if (isEndless)
      throw new Error('work that must not be interrupted did not end and was cut off: the state of this node may be damaged');
    cut.interrupted();
    // Those that waited behind it lost the message that would have run them.
    if (!this.#kicked && this.#turns.length > 0) this.#kickOnce();
  }
}

/** Nobody can say any more what a stroke that is on its way would hit. */
function endNode(): never {
  writeSync(2, 'an interruption was requested but did not happen: this node ends before it does\n');
  process.abort();
}

/** Turns without a guard, for where there is no inspector to interrupt the main thread, or this is not the main thread. */
export const plainTurns: Turns = { ...unguarded, defer: (run) => void setImmediate(run) };

/** Whether the watchdog of this limit watches already: its thread takes some tens of milliseconds to start. */
export function watchdogReady(limitMs: number): boolean {
  const turns = guarded.get(limitMs);
  return turns instanceof GuardedTurns && turns.watched;
}

const guarded = new Map<number, Turns>();

/** One watchdog serves an OS process for each `limitMs` asked for; `endlessMs` is the first one's. */
export function guardedTurns(limitMs: number, endlessMs: number): Turns {
  if (!isMainThread) return plainTurns;
  const known = guarded.get(limitMs);
  if (known !== undefined) return known;
  const turns = new GuardedTurns(limitMs, endlessMs);
  guarded.set(limitMs, turns);
  return turns;
}
