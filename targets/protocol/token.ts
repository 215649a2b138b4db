/**
 * Tokens of the native protocol: who a client is, signed and expiring, and the proof that answers a challenge.
 * README.md in this folder specifies them. The time is the caller's, so that the deterministic rooms can use this too.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { CHALLENGE_BYTES, ErrorCode, isName, PROOF_BYTES } from './frames.ts';

export interface Claims {
  readonly user: string;
  readonly device: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
  /** Unique per token. */
  readonly tokenId: string;
}

export interface IssuedToken {
  readonly token: string;
  /** Base64url of 32 bytes; goes to the client with the token, never over the socket. */
  readonly secret: string;
}

export type TokenCheck =
  | { readonly ok: true; readonly claims: Claims }
  | { readonly ok: false; readonly code: ErrorCode; readonly reason: string };

const MAC_BYTES = 32;
export const MAX_TOKEN_CHARS = 1024;

function mac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** Signs `claims` with the server's key. */
export function issueToken(key: Buffer, claims: Claims): IssuedToken {
  const body = Buffer.from(
    JSON.stringify({ sub: claims.user, dev: claims.device, exp: claims.expiresAt, jti: claims.tokenId }),
    'utf8',
  ).toString('base64url');
  const token = `${body}.${mac(key, body).toString('base64url')}`;
  return { token, secret: mac(key, `proof|${token}`).toString('base64url') };
}

/** The client's answer to a challenge: 32 bytes. */
export function proofOf(secret: string, challenge: Buffer): Buffer {
  return createHmac('sha256', Buffer.from(secret, 'base64url')).update(challenge).digest();
}

/** What a client shows: its token, and the proof that answers the challenge it was given. */
export interface Presented {
  readonly token: string;
  readonly proof: Buffer;
  readonly challenge: Buffer;
}

/** Verifies signature, proof and expiry, in that order and in constant time; never throws. */
export function checkToken(key: Buffer, { token, proof, challenge }: Presented, nowMs: number): TokenCheck {
  const refuse = (reason: string, code: ErrorCode = ErrorCode.unauthorised): TokenCheck => ({ ok: false, code, reason });
  if (token.length > MAX_TOKEN_CHARS) return refuse('token too long');
  const dot = token.indexOf('.');
  if (dot < 1) return refuse('not a token');
  const body = token.slice(0, dot);
  const signature = Buffer.from(token.slice(dot + 1), 'base64url');
  if (signature.length !== MAC_BYTES || !timingSafeEqual(signature, mac(key, body))) return refuse('bad signature');
  if (proof.length !== PROOF_BYTES || challenge.length !== CHALLENGE_BYTES) return refuse('bad proof');
  const expected = createHmac('sha256', mac(key, `proof|${token}`))
    .update(challenge)
    .digest();
  if (!timingSafeEqual(proof, expected)) return refuse('bad proof');
  const claims = parseClaims(body);
  if (claims === null) return refuse('bad claims');
  if (claims.expiresAt * 1000 <= nowMs) return refuse('token expired', ErrorCode.expired);
  return { ok: true, claims };
}

/** A challenge that no socket gives: what an HTTP request proves possession against. */
const BEARER_CHALLENGE = createHash('sha256').update('letitcrash http bearer').digest().subarray(0, CHALLENGE_BYTES);

/** What a client sends as `Authorization: Bearer`: the token, a dot, the proof. Neither the token alone nor a recorded HELLO yields it. */
export function bearerOf({ token, secret }: IssuedToken): string {
  return `${token}.${proofOf(secret, BEARER_CHALLENGE).toString('base64url')}`;
}

/** As `checkToken`, for a bearer. */
export function checkBearer(key: Buffer, bearer: string, nowMs: number): TokenCheck {
  const dot = bearer.lastIndexOf('.');
  const proof = Buffer.from(bearer.slice(dot + 1), 'base64url');
  return checkToken(key, { token: bearer.slice(0, dot), proof, challenge: BEARER_CHALLENGE }, nowMs);
}

function parseClaims(body: string): Claims | null {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { sub, dev, exp, jti } = value as Record<string, unknown>;
  if (typeof sub !== 'string' || !isName(sub) || typeof dev !== 'string' || !isName(dev)) return null;
  if (typeof exp !== 'number' || !Number.isSafeInteger(exp) || typeof jti !== 'string') return null;
  return { user: sub, device: dev, expiresAt: exp, tokenId: jti };
}
