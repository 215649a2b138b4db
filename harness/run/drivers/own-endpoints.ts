/** The guard where endpoints enter the load: only the user's own servers are loaded or broken. Pure. */
import { BlockList, isIP } from 'node:net';
import type { Address } from '../../../targets/target.ts';
import { ToldError } from '../../evidence/result/told-error.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** An endpoint that is neither on loopback nor declared as owned. */
export class ForeignEndpointError extends ToldError {
  override readonly name = 'ForeignEndpointError';
  override readonly blames = 'request';
}

/**
 * Accepts endpoints that are on this machine's loopback (inside the arena: on that of the run), and any endpoint if the scenario says that
 * the user owns the servers. A name is refused like an address elsewhere, because what it resolves to may change.
 * @throws ForeignEndpointError for the first one that is not accepted.
 */
export function refuseForeign(endpoints: readonly Address[], owned: boolean): void {
  const foreign = endpoints.find(({ host }) => !isLoopback(host));
  if (owned || foreign === undefined) return;
  throw new ForeignEndpointError(
    `${foreign.host}:${foreign.port} is not on this machine's loopback (127.0.0.0/8 or ::1), and letitcrash does not load or break other people's servers\n  write target: { owned: true } in the scenario if the server is yours`,
  );
}

/** The same for the destination of requests, for example `http://127.0.0.1:8080`. */
export function refuseForeignUrls(urls: readonly string[], owned: boolean): void {
  refuseForeign(urls.map(addressOf), owned);
}

function addressOf(url: string): Address {
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (protocol === 'https:' ? 443 : 80)) };
}

function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return false;
  return LOOPBACK.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
