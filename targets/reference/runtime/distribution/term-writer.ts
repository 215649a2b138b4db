import { RuntimeError } from '../exit-reason.ts';
import { type NodeIdentity, Pid } from '../pid.ts';
import { Reference, RemoteReference } from '../reference.ts';
import {
  ARRAY,
  BYTES,
  DOUBLE,
  END,
  FALSE,
  INTEGER,
  LATIN1,
  MAX_DEPTH,
  MAX_SIGNAL_BYTES,
  NEGATIVE,
  NULL,
  OBJECT,
  PID_OTHER,
  PID_RECEIVER,
  PID_SENDER,
  REFERENCE_OTHER,
  REFERENCE_RECEIVER,
  REFERENCE_SENDER,
  SHORT_LATIN1,
  SHORT_LATIN1_LIMIT,
  SMALL_INTEGER,
  SMALL_INTEGER_LIMIT,
  TRUE,
  UNDEFINED,
  UTF16,
} from './term-format.ts';
import { whatCannotTravel } from './unsendable.ts';

const FIRST_CAPACITY = 4096;
/** A buffer grown beyond this by one large signal is let go before the next. */
const KEPT_CAPACITY = 2 ** 20;
/** Up to this length a loop in JavaScript beats the call into the engine's own. */
const LOOP_LIMIT = 48;
const beyondLatin1 = /[\u0100-\uffff]/;

/** Thrown inside the writer and turned into a `badarg` that names the place; so the way there costs nothing. */
const unsendable = new Error('unsendable');

/** What a writer has to know about names: which references it gave away, so that they can be found again. */
export interface Exports {
  exported(reference: Reference): void;
}

/**
 * One growing buffer into which signals are written, one after another; everything written is gone with the next `begin`.
 * Nothing is allocated for a signal but the view that `finish` returns.
 */
export class TermWriter {
  readonly #self: NodeIdentity;
  readonly #exports: Exports;
  #receiver: NodeIdentity;
  #bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  constructor(self: NodeIdentity, exports: Exports) {
    this.#self = self;
    this.#receiver = self;
    this.#exports = exports;
  }

  /** Start a signal for this node. */
  begin(receiver: NodeIdentity, kind: number): void {
    if (this.#bytes.length > KEPT_CAPACITY) this.#allocate(FIRST_CAPACITY);
    this.#receiver = receiver;
    this.#bytes[0] = kind;
    this.#at = 1;
  }

  /** A place to come back to with `reset`. */
  mark(): number {
    return this.#at;
  }

  /** Unwrite what was written since `mark`. */
  reset(mark: number): void {
    this.#at = mark;
  }

  /** The signal, valid until the next `begin`. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  /** A whole number from 0 to 2^53 - 1. */
  varint(value: number): void {
    if (this.#at + 8 > this.#bytes.length) this.#grow(8);
    const bytes = this.#bytes;
    let at = this.#at;
    let left = value;
    while (left >= 0x10000000) {
      bytes[at++] = (left % 128) | 0x80;
      left = Math.floor(left / 128);
    }
    while (left >= 0x80) {
      bytes[at++] = (left & 0x7f) | 0x80;
      left >>>= 7;
    }
    bytes[at++] = left;
    this.#at = at;
  }

  /**
   * Any term. Throws `badarg`, naming the place under `what`, for one that cannot travel, that is nested deeper than MAX_DEPTH
   * or makes the signal larger than MAX_SIGNAL_BYTES.
   */
  term(value: unknown, what: string): void {
    try {
      this.#term(value, 0);
    } catch (thrown) {
      if (thrown !== unsendable) throw thrown;
      throw new RuntimeError('badarg', whatCannotTravel(value, what));
    }
  }

  string(value: string): void {
    const { length } = value;
    if (length <= LOOP_LIMIT) {
      this.#shortString(value, length);
      return;
    }
    if (beyondLatin1.test(value)) {
      this.#utf16(value);
      return;
    }
    this.#head(length < SHORT_LATIN1_LIMIT ? SHORT_LATIN1 + length : LATIN1, length, length >= SHORT_LATIN1_LIMIT);
    this.#at += this.#bytes.write(value, this.#at, length, 'latin1');
  }

  #term(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string':
        this.string(value);
        return;
      case 'number':
        this.#number(value);
        return;
      case 'boolean':
        this.#tag(value ? TRUE : FALSE);
        return;
      case 'undefined':
        this.#tag(UNDEFINED);
        return;
      case 'object':
        if (value === null) this.#tag(NULL);
        else this.#object(value, depth);
        return;
      default:
        throw unsendable;
    }
  }

  #object(value: object, depth: number): void {
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      if (depth === MAX_DEPTH) throw unsendable;
      this.#tag(OBJECT);
      for (const key in value) {
        if (!Object.hasOwn(value, key)) continue;
        this.string(key);
        this.#term((value as Record<string, unknown>)[key], depth + 1);
      }
      this.#tag(END);
    } else if (Array.isArray(value)) {
      if (depth === MAX_DEPTH) throw unsendable;
      const { length } = value;
      this.#head(ARRAY, length, true);
      for (let i = 0; i < length; i++) this.#term(value[i], depth + 1);
    } else if (value instanceof Pid) this.#pid(value);
    else if (value instanceof Uint8Array) {
      this.#head(BYTES, value.length, true);
      this.#bytes.set(value, this.#at);
      this.#at += value.length;
    } else if (value instanceof Reference) this.#reference(value);
    else throw unsendable;
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
      if (this.#at + 9 > this.#bytes.length) this.#grow(9);
      this.#bytes[this.#at] = DOUBLE;
      this.#view.setFloat64(this.#at + 1, value, true);
      this.#at += 9;
    } else if (value < 0) {
      this.#tag(NEGATIVE);
      this.varint(-value);
    } else if (value < SMALL_INTEGER_LIMIT) this.#tag(SMALL_INTEGER + value);
    else {
      this.#tag(INTEGER);
      this.varint(value);
    }
  }

  #shortString(value: string, length: number): void {
    if (this.#at + 1 + length > this.#bytes.length) this.#grow(1 + length);
    const bytes = this.#bytes;
    const start = this.#at + 1;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 0xff) {
        this.#utf16(value);
        return;
      }
      bytes[start + i] = unit;
    }
    bytes[start - 1] = SHORT_LATIN1 + length;
    this.#at = start + length;
  }

  #utf16(value: string): void {
    this.#head(UTF16, value.length * 2, true);
    this.#at += this.#bytes.write(value, this.#at, value.length * 2, 'utf16le');
  }

  #pid(pid: Pid): void {
    const { home } = pid;
    if (home === this.#self) this.#tag(PID_SENDER);
    else if (same(home, this.#receiver)) this.#tag(PID_RECEIVER);
    else {
      this.#tag(PID_OTHER);
      this.string(home.name);
      this.varint(home.creation);
    }
    this.varint(pid.serial);
  }

  #reference(reference: Reference): void {
    const caller = 'caller' in reference && reference.caller instanceof Pid ? reference.caller : null;
    if (!(reference instanceof RemoteReference)) {
      this.#exports.exported(reference);
      this.#tag(REFERENCE_SENDER);
    } else if (same(reference.home, this.#receiver)) {
      this.#tag(REFERENCE_RECEIVER);
      this.varint(reference.id);
      return;
    } else {
      this.#tag(REFERENCE_OTHER);
      this.string(reference.home.name);
      this.varint(reference.home.creation);
    }
    this.varint(reference.id);
    if (caller === null) this.#tag(NULL);
    else this.#pid(caller);
  }

  /** A tag, a length if it does not fit into the tag, and room for that many bytes behind it. */
  #head(tag: number, length: number, withLength: boolean): void {
    this.#tag(tag);
    if (withLength) this.varint(length);
    if (this.#at + length > this.#bytes.length) this.#grow(length);
  }

  #tag(tag: number): void {
    if (this.#at === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#at++] = tag;
  }

  #grow(by: number): void {
    const needed = this.#at + by;
    if (needed > MAX_SIGNAL_BYTES) throw unsendable;
    const old = this.#bytes;
    this.#allocate(Math.max(needed, old.length * 2));
    this.#bytes.set(old.subarray(0, this.#at));
  }

  #allocate(capacity: number): void {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }
}

function same(a: NodeIdentity, b: NodeIdentity): boolean {
  return a === b || (a.creation === b.creation && a.name === b.name);
}
