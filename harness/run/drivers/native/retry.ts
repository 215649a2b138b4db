/** What a client of the native protocol may do after its session ended: the last column of the protocol's table of errors. */
import { CLOSE_CODE_BASE, ErrorCode } from '../../../../targets/protocol/frames.ts';
import type { Address, SessionEnd } from '../../../contracts/driver.ts';
import { CloseCode } from './websocket-codec.ts';

type Retry = SessionEnd['retry'];

const BY_ERROR: Readonly<Record<ErrorCode, Retry>> = {
  [ErrorCode.malformed]: 'never',
  [ErrorCode.tooLarge]: 'never',
  [ErrorCode.unauthorised]: 'never',
  // Tokens are valid for longer than a run: an expired one is a fault that should show, not be hidden.
  [ErrorCode.expired]: 'never',
  [ErrorCode.unexpected]: 'never',
  [ErrorCode.badAck]: 'never',
  [ErrorCode.rateLimited]: 'back-off',
  [ErrorCode.slowConsumer]: 'back-off',
  [ErrorCode.handshakeTimeout]: 'back-off',
  // A user of the load is the only one on its device: what replaced it is an older attempt of its own that came in late.
  [ErrorCode.replaced]: 'back-off',
  [ErrorCode.restarting]: 'at-once',
  [ErrorCode.draining]: 'elsewhere',
  [ErrorCode.overloaded]: 'back-off',
  [ErrorCode.mailboxFull]: 'back-off',
  [ErrorCode.unknownRecipient]: 'never',
  // Concerns one message, and never ends a session.
  [ErrorCode.staleId]: 'never',
  [ErrorCode.idle]: 'at-once',
  // A client that knows the address goes there at once; for others the node counts as busy.
  [ErrorCode.moved]: 'back-off',
  [ErrorCode.deviceRemoved]: 'never',
};

/** After WebSocket close code `code`, 0 meaning that the transport just went away. */
export function retryAfterClose(code: number): Retry {
  const byError = BY_ERROR[(code - CLOSE_CODE_BASE) as ErrorCode];
  if (byError !== undefined) return byError;
  return code === CloseCode.tooBig ? 'never' : 'back-off';
}

const ADDRESS = /^(\S+):(\d{1,5})$/;

/** The address to which close code `code` with `reason` sends the client; null if it sends it nowhere. */
export function redirectOf(code: number, reason: string): Address | null {
  if (code !== CLOSE_CODE_BASE + ErrorCode.moved) return null;
  const [, host, port] = ADDRESS.exec(reason) ?? [];
  return host === undefined ? null : { host, port: Number(port) };
}

/** After HTTP status `status` in place of an upgrade, 0 meaning an answer that no WebSocket server gives. */
export function retryAfterRefusal(status: number): Retry {
  return status === 429 || status >= 500 ? 'back-off' : 'never';
}
