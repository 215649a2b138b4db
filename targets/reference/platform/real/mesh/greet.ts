/** The handshake on a connection. In: a new socket. Out: `proved` with the node at the other end, or the socket is destroyed. */
import { randomBytes } from 'node:crypto';
import type { NodeIdentity } from '../../../runtime/index.ts';
import type { FramedSocket } from './framed-socket.ts';
import { decodeGreeting, encodeGreeting, isProof, NONCE_BYTES, proofOf } from './handshake.ts';
import { CHALLENGE, HELLO, PROOF } from './wire.ts';

export interface Credentials {
  readonly self: NodeIdentity;
  readonly cookie: Buffer;
}

/**
 * Why a handshake came to nothing: the other side does not speak the protocol, or not this version of it; is not whom it was taken for;
 * does not know the cookie; was the oldest of too many that had not proved themselves; took too long.
 */
export type Refusal = 'garbage' | 'stranger' | 'wrongCookie' | 'tooMany' | 'tooSlow';

/** What a handshake comes to: one of the two is called. */
interface DiallerOutcome {
  proved(): void;
  refused(why: Refusal): void;
}

/** The one who connected. `expected` must be at the other end. */
export function greetAsDialler(
  framed: FramedSocket,
  { self, cookie }: Credentials,
  expected: NodeIdentity,
  { proved, refused }: DiallerOutcome,
): void {
  const hello = encodeGreeting(self, randomBytes(NONCE_BYTES));
  let challenge: Buffer | null = null;
  const refuse = refusalOf(framed, refused);
  framed.onFrame = (type, body) => {
    if (challenge === null) {
      const greeting = type === CHALLENGE ? decodeGreeting(body) : null;
      if (greeting === null) return refuse('garbage');
      const { name, creation } = greeting.identity;
      if (name !== expected.name || creation !== expected.creation) return refuse('stranger');
      challenge = Buffer.from(body);
      framed.write(PROOF, proofOf(cookie, { role: 'dialler', hello, challenge }));
      return true;
    }
    if (type !== PROOF) return refuse('garbage');
    if (!isProof(body, cookie, { role: 'listener', hello, challenge })) return refuse('wrongCookie');
    proved();
    return true;
  };
  framed.write(HELLO, hello);
}

/**
 * The one who was connected to. `proved` is called once the other side has proved itself; it answers by calling `accept`, at once or
 * later, which lets the other side in.
 */
export function greetAsListener(
  framed: FramedSocket,
  { self, cookie }: Credentials,
  proved: (peer: NodeIdentity, accept: () => void) => void,
  refused: (why: Refusal) => void,
): void {
  let hello: Buffer | null = null;
  let peer: NodeIdentity | null = null;
  const challenge = encodeGreeting(self, randomBytes(NONCE_BYTES));
  const refuse = refusalOf(framed, refused);
  framed.onFrame = (type, body) => {
    if (hello === null) {
      const greeting = type === HELLO ? decodeGreeting(body) : null;
      if (greeting === null) return refuse('garbage');
      hello = Buffer.from(body);
      peer = greeting.identity;
      framed.write(CHALLENGE, challenge);
      return true;
    }
    if (type !== PROOF || peer === null) return refuse('garbage');
    if (!isProof(body, cookie, { role: 'dialler', hello, challenge })) return refuse('wrongCookie');
    const transcript = hello;
    // Until it is let in it has nothing to say.
    framed.onFrame = () => refuse('garbage');
    proved(peer, () => framed.write(PROOF, proofOf(cookie, { role: 'listener', hello: transcript, challenge })));
    return true;
  };
}

/** Reports why, and ends the connection. What is not even a frame is reported as garbage. */
function refusalOf(framed: FramedSocket, refused: (why: Refusal) => void): (why: Refusal) => false {
  framed.onGarbage = () => refused('garbage');
  return (why) => {
    refused(why);
    framed.socket.destroy();
    return false;
  };
}
