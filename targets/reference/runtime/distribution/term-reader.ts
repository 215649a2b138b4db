import type { Pid } from '../pid.ts';
import type { Reference } from '../reference.ts';
import {
  ARRAY,
  BYTES,
  DOUBLE,
  END,
  FALSE,
  INTEGER,
  LATIN1,
  MAX_DEPTH,
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
  SMALL_INTEGER,
  TRUE,
  UNDEFINED,
  UTF16,
} from './term-format.ts';

/** What a reader has to know about names: whom the numbers of this connection stand for. */
export interface Names {
  pidOfSender(serial: number): Pid;
  pidOfReceiver(serial: number): Pid;
  pidOfOther(name: string, creation: number, serial: number): Pid;
  referenceOfSender(id: number, caller: Pid | null): Reference;
  referenceOfReceiver(id: number): Reference;
  referenceOfOther(name: string, creation: number, id: number, caller: Pid | null): Reference;
}

/** The bytes are not what a writer of terms writes. */
export class MalformedTerm extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MalformedTerm';
  }
}

/** Strings of up to this length that were seen before are not built again: keys and types come with every message. */
const CACHED_LENGTH = 24;
const CACHE_SLOTS = 1024;
const cache: string[] = new Array(CACHE_SLOTS).fill('');

/** Reads what a TermWriter wrote. Whatever the bytes are, it returns terms or throws MalformedTerm, in time and memory in proportion to them. */
export class TermReader {
  readonly #names: Names;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(names: Names) {
    this.#names = names;
  }

  /** Start with the first byte of a signal, its kind. */
  begin(bytes: Buffer): number {
    this.#bytes = bytes;
    this.#at = 0;
    return this.#byte();
  }

  /** There must be nothing behind. */
  finish(): void {
    const left = this.#bytes.length - this.#at;
    this.#bytes = EMPTY;
    if (left !== 0) throw new MalformedTerm(`${left} bytes behind the end`);
  }

  varint(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 8; count++) {
      const byte = bytes[at++];
      if (byte === undefined) throw new MalformedTerm('cut off in a number');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        this.#at = at;
        return value;
      }
      scale *= 128;
    }
    throw new MalformedTerm('a number beyond 2^53');
  }

  string(): string {
    const tag = this.#byte();
    if (tag >= SHORT_LATIN1 && tag < SMALL_INTEGER) return this.#latin1(tag - SHORT_LATIN1);
    if (tag === LATIN1) return this.#latin1(this.varint());
    if (tag === UTF16) return this.#utf16(this.varint());
    throw new MalformedTerm(`tag ${tag} where a string belongs`);
  }

  term(): unknown {
    return this.#term(0);
  }

  #term(depth: number): unknown {
    const tag = this.#byte();
    if (tag >= SMALL_INTEGER) return tag - SMALL_INTEGER;
    if (tag >= SHORT_LATIN1) return this.#latin1(tag - SHORT_LATIN1);
    switch (tag) {
      case OBJECT:
        return this.#object(depth);
      case INTEGER:
        return this.varint();
      case NEGATIVE:
        return -this.varint();
      case DOUBLE:
        return this.#bytes.readDoubleLE(this.#skip(8));
      case LATIN1:
        return this.#latin1(this.varint());
      case UTF16:
        return this.#utf16(this.varint());
      case BYTES: {
        const length = this.varint();
        const start = this.#skip(length);
        return this.#bytes.subarray(start, start + length);
      }
      case ARRAY:
        return this.#array(depth);
      case TRUE:
        return true;
      case FALSE:
        return false;
      case NULL:
        return null;
      case UNDEFINED:
        return undefined;
      case REFERENCE_SENDER:
        return this.#names.referenceOfSender(this.varint(), this.#caller());
      case REFERENCE_RECEIVER:
        return this.#names.referenceOfReceiver(this.varint());
      case REFERENCE_OTHER:
        return this.#names.referenceOfOther(this.string(), this.varint(), this.varint(), this.#caller());
      default:
        return this.#pid(tag);
    }
  }

  #object(depth: number): object {
    if (depth === MAX_DEPTH) throw new MalformedTerm('nested too deep');
    const object: Record<string, unknown> = {};
    while (this.#bytes[this.#at] !== END) {
      const key = this.string();
      const value = this.#term(depth + 1);
      if (key === '__proto__') define(object, key, value);
      else object[key] = value;
    }
    this.#at++;
    return object;
  }

  #array(depth: number): unknown[] {
    if (depth === MAX_DEPTH) throw new MalformedTerm('nested too deep');
    const count = this.varint();
    // An element has at least one byte, so that a lie about the count costs nothing.
    if (count > this.#bytes.length - this.#at) throw new MalformedTerm('cut off in an array');
    const array: unknown[] = [];
    for (let i = 0; i < count; i++) array.push(this.#term(depth + 1));
    return array;
  }

  #pid(tag: number): Pid {
    if (tag === PID_SENDER) return this.#names.pidOfSender(this.varint());
    if (tag === PID_RECEIVER) return this.#names.pidOfReceiver(this.varint());
    if (tag === PID_OTHER) return this.#names.pidOfOther(this.string(), this.varint(), this.varint());
    throw new MalformedTerm(`unknown tag ${tag}`);
  }

  #caller(): Pid | null {
    const tag = this.#byte();
    return tag === NULL ? null : this.#pid(tag);
  }

  #latin1(length: number): string {
    const start = this.#skip(length);
    if (length > CACHED_LENGTH) return this.#bytes.toString('latin1', start, start + length);
    return cachedLatin1(this.#bytes, start, length);
  }

  #utf16(length: number): string {
    if (length % 2 !== 0) throw new MalformedTerm('half a character');
    const start = this.#skip(length);
    return this.#bytes.toString('utf16le', start, start + length);
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new MalformedTerm('cut off');
    this.#at++;
    return byte;
  }

  /** Returns where the next `length` bytes begin. */
  #skip(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start) throw new MalformedTerm('cut off');
    this.#at = start + length;
    return start;
  }
}

const EMPTY = Buffer.alloc(0);

function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Strings of another content that fall into the same slot replace one another. */
function cachedLatin1(bytes: Buffer, start: number, length: number): string {
  let hash = length;
  for (let i = 0; i < length; i++) hash = (Math.imul(hash, 31) + (bytes[start + i] as number)) | 0;
  const slot = (hash ^ (hash >>> 15)) & (CACHE_SLOTS - 1);
  const known = cache[slot] as string;
  if (known.length === length) {
    let i = 0;
    while (i < length && known.charCodeAt(i) === bytes[start + i]) i++;
    if (i === length) return known;
  }
  const built = bytes.toString('latin1', start, start + length);
  cache[slot] = built;
  return built;
}
