/** Whose doing an error is that comes up in a session: the server's, the client's or the network's, or the protocol's author's. Pure. */
import type { SessionEnder } from '../../../contracts/driver.ts';

/** What `ws` finds wrong with frames it gives a code of its own; of an answer that is no upgrade it has only words. */
export function blamed({ code }: NodeJS.ErrnoException): SessionEnder {
  if (code === undefined) return 'server';
  return code.startsWith('WS_ERR') ? 'client' : 'network';
}

/** No frame of a server makes a name undefined, or a function of the interface missing. */
export function isProgrammersError(error: unknown): boolean {
  return error instanceof ReferenceError || (error instanceof TypeError && error.message.endsWith('is not a function'));
}
