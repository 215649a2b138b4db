/** Puts planted effects at the seams of a node that is configured to have some. */
import { type Closing, mailboxesLike, type Seams } from '../mutants/mutation.ts';
import type { Pid } from '../runtime/index.ts';
import type { Planted } from './planted.ts';

/** What holding costs beside the bytes held: two headers and an entry of the table, measured with V8 of Node 26. */
const HOLDING_BYTES = 72;
/** The same without an entry of a table: two headers, and a place in a list. */
const LEAKING_BYTES = 40;
const DOUBLE_BYTES = 8;

/** The seams of a node with these effects, which `checkPlanted` has nothing to say about. */
export function plantedSeams({
  cpuUsPerMessage = 0,
  stallEvery = 0,
  stallMs = 0,
  bytesPerConnection = 0,
  bytesPerMessage = 0,
}: Planted): Seams {
  const wrappers: ((store: Closing) => Closing)[] = [];
  if (cpuUsPerMessage > 0) wrappers.push((store) => burning(store, cpuUsPerMessage));
  if (bytesPerMessage > 0) wrappers.push((store) => leaking(store, bytesPerMessage));
  const stalls = stallEvery > 0 ? new Stalls(stallEvery, stallMs) : null;
  if (stalls !== null) wrappers.push((store) => stalls.counting(store));
  return {
    ...(wrappers.length === 0 ? {} : { mailboxes: (store) => wrappers.reduce((inner, wrap) => wrap(inner), store) }),
    ...(stalls === null ? {} : { answer: (answer) => (to, message) => stalls.answer(to, message, (late) => answer(to, late)) }),
    ...(bytesPerConnection > 0 ? { opened: holding(bytesPerConnection) } : {}),
  };
}

/** Spends this much CPU time on each message before it is stored. */
function burning(store: Closing, cpuUs: number): Closing {
  return {
    ...mailboxesLike(store),
    append(mandate, seq, value, to) {
      // By the clock, for a count of rounds would be another time on another machine. A node that loses its processor meanwhile burns
      // less; for some microseconds that is rare.
      const untilMs = performance.now() + cpuUs / 1_000;
      while (performance.now() < untilMs);
      return store.append(mandate, seq, value, to);
    },
  };
}

/** Holds the answer to every nth message back, and whatever is for the same process behind it: an answer also covers all before it. */
class Stalls {
  readonly #every: number;
  readonly #ms: number;
  #messages = 0;
  /** Which answers are held back: for each waiting process, up to which seq. */
  readonly #due = new WeakMap<Pid, number>();
  readonly #held = new Map<Pid, unknown[]>();

  constructor(every: number, ms: number) {
    this.#every = every;
    this.#ms = ms;
  }

  counting(store: Closing): Closing {
    return {
      ...mailboxesLike(store),
      append: (mandate, seq, value, to) => {
        this.#messages++;
        if (this.#messages % this.#every === 0) this.#due.set(to, seq);
        return store.append(mandate, seq, value, to);
      },
    };
  }

  answer(to: Pid, message: unknown, give: (message: unknown) => void): void {
    const behind = this.#held.get(to);
    if (behind !== undefined) {
      behind.push(message);
      return;
    }
    const due = this.#due.get(to);
    const { type, seq } = message as { readonly type: string; readonly seq?: number };
    const ends = type === 'fenced' || (type === 'stored' && due !== undefined && (seq as number) >= due);
    if (ends) this.#due.delete(to);
    if (!ends || type === 'fenced') {
      give(message);
      return;
    }
    const held = [message];
    this.#held.set(to, held);
    setTimeout(() => {
      this.#held.delete(to);
      for (const each of held) give(each);
    }, this.#ms);
  }
}

/** Keeps an array of doubles for each message that was accepted, and never lets go of one. */
function leaking(store: Closing, bytes: number): Closing {
  const leaked: (readonly number[])[] = [];
  // A held array costs its header and its place in this list.
  const doubles = Math.max(1, Math.round((bytes - LEAKING_BYTES) / DOUBLE_BYTES));
  return {
    ...mailboxesLike(store),
    append(mandate, seq, value, to) {
      leaked.push(new Array<number>(doubles).fill(0.5));
      return store.append(mandate, seq, value, to);
    },
  };
}

/** Keeps an array of doubles, which lies in V8's heap and is there whether or not anybody looks at it, as long as the connection. */
function holding(bytes: number): (connection: object) => void {
  const held = new WeakMap<object, readonly number[]>();
  const doubles = Math.max(1, Math.round((bytes - HOLDING_BYTES) / DOUBLE_BYTES));
  return (connection) => {
    held.set(connection, new Array<number>(doubles).fill(0.5));
  };
}
