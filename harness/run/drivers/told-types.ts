/**
 * Checks that what a driver reports has the types of the interface: many drivers are plain JavaScript, which no type checker has seen.
 * Pure; each function returns what is wrong in words, or null.
 */
import type { SessionEnd, SessionEnder } from '../../contracts/driver.ts';

/** For an id or a seq: whole, above zero, and exact as a number. */
function wrongNumber(name: string, value: unknown): string | null {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return null;
  return `${name} is ${shown(value)}, but must be a whole number above 0`;
}

function wrongText(name: string, value: unknown): string | null {
  return typeof value === 'string' ? null : `${name} is ${shown(value)}, but must be a string`;
}

export function wrongCursor(cursor: unknown): string | null {
  if (typeof cursor === 'number' && Number.isSafeInteger(cursor) && cursor >= 0) return null;
  return `cursor is ${shown(cursor)}, but must be a whole number`;
}

/** For what a driver need not report. */
export function wrongServedBy(by: unknown): string | null {
  if (by === undefined) return null;
  const { node, epoch } = (typeof by === 'object' ? (by ?? {}) : {}) as { node?: unknown; epoch?: unknown };
  if (typeof epoch !== 'number' || !Number.isSafeInteger(epoch) || epoch < 0)
    return `epoch is ${shown(epoch)}, but must be a whole number`;
  return wrongText('node', node);
}

export function wrongId(id: unknown): string | null {
  return wrongNumber('id', id);
}

export function wrongRefusal(id: unknown, code: unknown, reason: unknown): string | null {
  if (typeof code !== 'number') return `code is ${shown(code)}, but must be a number`;
  return wrongNumber('id', id) ?? wrongText('reason', reason);
}

export function wrongDelivery(seq: unknown, id: unknown, from: unknown, payload: unknown): string | null {
  const wrong = wrongNumber('seq', seq) ?? wrongNumber('id', id) ?? wrongText('from', from);
  if (wrong !== null) return wrong;
  return Buffer.isBuffer(payload) ? null : `payload is ${shown(payload)}, but must be a Buffer`;
}

export function wrongReceipt(kind: unknown, id: unknown, by: unknown): string | null {
  if (kind !== 'delivered' && kind !== 'read') return `kind is ${shown(kind)}, but must be 'delivered' or 'read'`;
  return wrongNumber('id', id) ?? wrongText('by', by);
}

export function wrongPresence(user: unknown, online: unknown): string | null {
  return (
    wrongText('user', user) ?? (typeof online === 'boolean' ? null : `online is ${shown(online)}, but must be true or false`)
  );
}

export function wrongLink(link: unknown): string | null {
  const { local, remote } = link as { local?: unknown; remote?: unknown };
  if (typeof local === 'string' && typeof remote === 'string') return null;
  return `${shown(link)} with local ${shown(local)} and remote ${shown(remote)}`;
}

const RETRIES: readonly unknown[] = ['at-once', 'elsewhere', 'back-off', 'never'] satisfies SessionEnd['retry'][];
const ENDERS: readonly unknown[] = ['server', 'client', 'network', undefined] satisfies (SessionEnder | undefined)[];
/** The log of connection events keeps a code in 16 bits. */
const MAX_CODE = 65_535;

/** The end in a usable form, and what was wrong with it. */
export function checkedEnd(given: unknown): { readonly end: SessionEnd; readonly wrong: string | null } {
  const { clean, code, reason, retry, redirect, by } = (typeof given === 'object' ? (given ?? {}) : {}) as Partial<SessionEnd>;
  const isCode = typeof code === 'number' && Number.isInteger(code) && code >= 0 && code <= MAX_CODE;
  const isAddress = typeof redirect === 'object' && typeof redirect?.host === 'string' && typeof redirect.port === 'number';
  const wrong =
    (typeof clean === 'boolean' ? null : `clean is ${shown(clean)}, but must be true or false`) ??
    (isCode ? null : `code is ${shown(code)}, but must be a whole number from 0 to ${MAX_CODE}`) ??
    wrongText('reason', reason) ??
    (RETRIES.includes(retry) ? null : `retry is ${shown(retry)}, but must be one of ${RETRIES.join(', ')}`) ??
    (redirect === null || isAddress ? null : `redirect is ${shown(redirect)}, but must be { host, port } or null`) ??
    (ENDERS.includes(by) ? null : `by is ${shown(by)}, but must be server, client or network, or left out`);
  if (wrong === null) return { end: given as SessionEnd, wrong };
  return {
    end: {
      clean: clean === true,
      code: isCode ? code : 0,
      reason: typeof reason === 'string' ? reason : 'ended by its driver',
      retry: RETRIES.includes(retry) ? (retry as SessionEnd['retry']) : 'back-off',
      redirect: isAddress ? (redirect as SessionEnd['redirect']) : null,
      ...(by !== undefined && ENDERS.includes(by) ? { by } : {}),
    },
    wrong,
  };
}

/** A value in a few characters: `"5"`, `undefined`, `an Uint8Array`. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return `an ${value.constructor?.name ?? 'object'}`;
  return String(value);
}
