import { RuntimeError } from '../exit-reason.ts';
import { Pid } from '../pid.ts';
import { Reference } from '../reference.ts';
import { MAX_DEPTH, MAX_SIGNAL_BYTES } from './term-format.ts';

/** For the sender of a term that could not be written: the place in it, what is there, and what would be right. */
export function whatCannotTravel(term: unknown, what: string): string {
  const found = search(term, what, 0, new Set());
  return found ?? `${what} is larger than ${MAX_SIGNAL_BYTES} bytes, the most that one signal to another node may have`;
}

/** `path: fault` of the first thing in it that cannot go to another node; null when there is none. */
function search(term: unknown, path: string, depth: number, seen: Set<object>): string | null {
  if (typeof term === 'function' || typeof term === 'symbol' || typeof term === 'bigint') return fault(path, `a ${typeof term}`);
  if (typeof term !== 'object' || term === null) return null;
  if (term instanceof Pid || term instanceof Reference || term instanceof Uint8Array) return null;
  const prototype = Object.getPrototypeOf(term);
  if (!Array.isArray(term) && prototype !== Object.prototype && prototype !== null) {
    return fault(path, `of class ${prototype?.constructor?.name ?? 'unknown'}`);
  }
  if (depth === MAX_DEPTH) return `${path} is nested deeper than ${MAX_DEPTH}, or contains itself: send something flatter`;
  if (seen.has(term)) return null;
  for (const [key, value] of Object.entries(term)) {
    const found = search(value, Array.isArray(term) ? `${path}[${key}]` : `${path}.${key}`, depth + 1, seen);
    if (found !== null) return found;
  }
  seen.add(term);
  return null;
}

function fault(path: string, is: string): string {
  return `${path} is ${is}, which cannot be sent to another node: send plain data, buffers, pids and references`;
}

/** Throws `badarg` when this term cannot travel; for those who send later and could not be told then. */
export function requireSendable(term: unknown, what: string): void {
  const found = search(term, what, 0, new Set());
  if (found !== null) throw new RuntimeError('badarg', found);
}
