/** Who caused an error in a session: the server, the client, the network, or the author of the protocol. Pure. */
import type { SessionEnder } from '../../../contracts/driver.ts';

/** `ws` gives its own codes to errors in frames; for an answer that is not an upgrade it has only words. */
export function blamed({ code }: NodeJS.ErrnoException): SessionEnder {
  if (code === undefined) return 'server';
  return code.startsWith('WS_ERR') ? 'client' : 'network';
}

/** No frame of a server makes a name undefined, or a function of the interface missing. */
export function isProgrammersError(error: unknown): boolean {
  return error instanceof ReferenceError || (error instanceof TypeError && error.message.endsWith('is not a function'));
}
