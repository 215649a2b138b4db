import type { Turns } from '../platform/platform.ts';
import type { AnyBehaviour } from './behaviour.ts';
import { Context } from './context.ts';
import { type ExitReason, isOrderly, reasonOfThrown } from './exit-reason.ts';
import type { Kernel } from './kernel.ts';
import { NO_MESSAGE } from './message-queue.ts';
import { type Process, RUNNABLE, RUNNING, SUSPENDED, WAITING } from './process.ts';
import { redact } from './redact.ts';
import { RunQueue } from './run-queue.ts';

/** Time checks are spaced so that about this many milliseconds lie between two: a clock is not free. */
const CHECK_EVERY_MS = 0.1;
const MAX_SPACING = 256;

/**
 * Round robin: each process handles up to `budget` messages and goes to the back of the queue. A slice of at most `sliceMs`
 * runs, then the event loop has its turn, so that I/O never starves. Waking up costs a turn, not a timer.
 *
 * Only what a behaviour brings along is exposed to interruptions: its handlers, its predicates, its `redact`. All work of the runtime
 * is sheltered, so that an interruption finds it whole, with one process running.
 */
export class Scheduler {
  /** Whose turn it is; null between turns. */
  current: Process | null = null;
  /** What it is handling; for crash reports. */
  message: unknown = undefined;
  readonly context: Context;
  readonly #kernel: Kernel;
  readonly #turns: Turns;
  readonly #queue = new RunQueue();
  /** A slice is running or is asked for. */
  #awake = false;
  #stopped = false;
  /** Turns between two looks at the clock. */
  #spacing = 1;
  readonly #turn = (): void => {
    if (this.#stopped) return;
    this.#kernel.counters.slices++;
    this.#runSlice();
    this.#rest();
  };
  readonly #cut = (): void => {
    this.#interrupted();
    this.#rest();
  };

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#turns = kernel.platform.turns;
    this.context = new Context(kernel, this);
  }

  get runnable(): number {
    return this.#queue.length;
  }

  enqueue(process: Process): void {
    process.status = RUNNABLE;
    this.#queue.push(process);
    if (!this.#awake) this.#wake();
  }

  /** Give it no turn until it is resumed; its messages wait. Not for the process whose turn it is. */
  suspend(process: Process): void {
    if (process.status === WAITING || process.status === RUNNABLE) process.status = SUSPENDED;
  }

  resume(process: Process): void {
    if (process.status === SUSPENDED) this.enqueue(process);
  }

  stop(): void {
    this.#stopped = true;
  }

  #wake(): void {
    this.#awake = true;
    if (!this.#stopped) this.#kernel.platform.turns.defer(this.#turn, this.#cut);
  }

  #rest(): void {
    this.current = null;
    this.message = undefined;
    this.#awake = false;
    if (this.#queue.length === 0) return;
    this.#kernel.counters.slicesCut++;
    this.#wake();
  }

  #runSlice(): void {
    const { clock } = this.#kernel.platform;
    let checkedAt = clock.monotonicMs();
    const until = checkedAt + this.#kernel.limits.sliceMs;
    let untilCheck = this.#spacing;
    for (let process = this.#queue.shift(); process !== undefined; process = this.#queue.shift()) {
      if (process.status === RUNNABLE) this.#run(process);
      if (--untilCheck > 0) continue;
      const now = clock.monotonicMs();
      if (now >= until) {
        this.#spacing = Math.max(1, this.#spacing >> 1);
        return;
      }
      const elapsed = now - checkedAt;
      if (elapsed < CHECK_EVERY_MS) this.#spacing = Math.min(MAX_SPACING, this.#spacing * 2);
      else if (elapsed > CHECK_EVERY_MS * 4) this.#spacing = Math.max(1, this.#spacing >> 2);
      checkedAt = now;
      untilCheck = this.#spacing;
    }
  }

  #run(process: Process): void {
    const { context } = this;
    const { budget } = this.#kernel.limits;
    let left = budget;
    process.status = RUNNING;
    this.current = process;
    context.self = process;
    this.#turns.begin();
    try {
      if (!process.initialised) {
        process.state = process.behaviour.init(process.state, context);
        if (process.pendingExit === null) {
          process.initialised = true;
          if (process.start !== null && process.behaviour.acknowledgesStart !== true) context.started();
        }
      }
      while (left > 0 && process.pendingExit === null) {
        const message = process.receive === null ? this.#next(process) : this.#select(process);
        if (message === NO_MESSAGE) break;
        left--;
        this.message = message;
        process.state = process.behaviour.handle(message, process.state, context);
      }
    } catch (thrown) {
      process.pendingExit ??= { reason: reasonOfThrown(thrown), own: true };
    }
    this.#turns.shelter();
    const done = budget - left;
    process.reductions += done;
    this.#kernel.counters.reductions += done;
    if (process.pendingExit !== null) this.#finish(process, process.pendingExit.reason, process.pendingExit.own);
    else if (left === 0 && process.messageQueue !== null && process.messageQueue.length > 0) this.enqueue(process);
    else process.status = WAITING;
    this.current = null;
  }

  #next(process: Process): unknown {
    return process.messageQueue === null ? NO_MESSAGE : process.messageQueue.shift();
  }

  #select(process: Process): unknown {
    const receive = process.receive;
    if (receive === null) return NO_MESSAGE;
    const message = receive.take(process.messageQueue);
    if (message === NO_MESSAGE) return NO_MESSAGE;
    process.receive = null;
    if (receive.timer !== null) {
      this.#turns.shelter();
      this.#kernel.timers.cancel(receive.timer);
      this.#turns.expose();
    }
    return message;
  }

  #finish(process: Process, exitReason: ExitReason, own: boolean): void {
    let reason = exitReason;
    if (own && process.initialised && process.behaviour.terminate !== undefined) {
      this.#turns.expose();
      try {
        process.behaviour.terminate(reason, process.state, this.context);
      } catch (thrown) {
        reason = reasonOfThrown(thrown);
      }
      this.#turns.shelter();
    }
    if (own && !isOrderly(reason)) this.report(process, reason);
    process.status = WAITING;
    this.#kernel.signals.end(process, reason);
  }

  /** A handler did not return and was cut off: its process pays, everybody else goes on. */
  #interrupted(): void {
    const process = this.current;
    this.current = null;
    if (process === null || process.status !== RUNNING) return;
    this.#kernel.counters.runaways++;
    this.#report(process, 'runaway', redact(process.state));
    process.status = WAITING;
    this.#kernel.signals.end(process, 'runaway');
  }

  /** A process ended, or is about to, in a way that is not orderly. */
  report(process: Process, reason: ExitReason): void {
    const { behaviour, state } = process;
    const { redact: own } = behaviour;
    if (!process.initialised || own === undefined) {
      this.#report(process, reason, redact(state));
      return;
    }
    // In the turn of somebody else it stays sheltered: that one must not pay for it.
    const isOwnTurn = process === this.current;
    if (isOwnTurn) this.#turns.expose();
    const shown = redactedBy(behaviour, state);
    if (isOwnTurn) this.#turns.shelter();
    this.#report(process, reason, shown);
  }

  #report(process: Process, reason: ExitReason, state: unknown): void {
    const { counters, crashes, platform } = this.#kernel;
    const { behaviour, messageQueue } = process;
    counters.crashed++;
    crashes.add({
      pid: process,
      name: process.name,
      behaviour: behaviour.name,
      reason,
      state,
      lastMessage: process.status === RUNNING ? redact(this.message) : undefined,
      messageQueueLength: messageQueue === null ? 0 : messageQueue.length,
      atMs: platform.clock.wallMs(),
    });
  }
}

/** A report must come out whatever state the state is in. */
function redactedBy(behaviour: AnyBehaviour, state: unknown): unknown {
  try {
    return behaviour.redact === undefined ? redact(state) : behaviour.redact(state);
  } catch {
    return redact(state);
  }
}
