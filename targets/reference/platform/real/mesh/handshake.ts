/**
 * Both sides prove who they are and that they know the cookie, over both greetings, so that no proof can be used a second time or for
 * the other role; the cookie itself is never sent. The dialler proves first, so that a stranger learns nothing that it could use.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { NodeIdentity } from '../../../runtime/index.ts';
import { PROTOCOL_VERSION } from './wire.ts';

export const NONCE_BYTES = 32;
const PROOF_BYTES = 32;
const FIXED_BYTES = 1 + NONCE_BYTES + 8;
export const MAX_NAME_BYTES = 255;

interface Greeting {
  readonly identity: NodeIdentity;
}

/** The body of a HELLO or CHALLENGE. */
export function encodeGreeting(self: NodeIdentity, nonce: Buffer): Buffer {
  const body = Buffer.alloc(FIXED_BYTES);
  body[0] = PROTOCOL_VERSION;
  nonce.copy(body, 1);
  body.writeDoubleBE(self.creation, 1 + NONCE_BYTES);
  return Buffer.concat([body, Buffer.from(self.name)]);
}

/** Null when it is no greeting, or one of another version of the protocol. */
export function decodeGreeting(body: Buffer): Greeting | null {
  if (body.length <= FIXED_BYTES || body.length > FIXED_BYTES + MAX_NAME_BYTES || body[0] !== PROTOCOL_VERSION) return null;
  const creation = body.readDoubleBE(1 + NONCE_BYTES);
  if (!Number.isSafeInteger(creation) || creation < 0) return null;
  return { identity: { name: body.toString('utf8', FIXED_BYTES), creation } };
}

type Role = 'dialler' | 'listener';

/** What a side proves itself over. `hello` and `challenge` are the bodies as they crossed the wire. */
interface Transcript {
  readonly role: Role;
  readonly hello: Buffer;
  readonly challenge: Buffer;
}

/** HMAC-SHA256 under the cookie. */
export function proofOf(cookie: Buffer, { role, hello, challenge }: Transcript): Buffer {
  const hmac = createHmac('sha256', cookie).update(role);
  for (const body of [hello, challenge]) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    hmac.update(length).update(body);
  }
  return hmac.digest();
}

/** In constant time. */
export function isProof(proof: Buffer, cookie: Buffer, transcript: Transcript): boolean {
  return proof.length === PROOF_BYTES && timingSafeEqual(proof, proofOf(cookie, transcript));
}
