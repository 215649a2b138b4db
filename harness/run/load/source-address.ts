/**
 * Source addresses of the generator. On Linux, where all of 127.0.0.0/8 is loopback, a worker's users are spread over many addresses. A
 * socket that binds an address takes one of its ports, about 28,000, of which the kernel tries half first, every second one; the ports of
 * closed connections are blocked for a minute. Once about 7,000 are taken the kernel walks through all of them in each `connect`, which
 * then costs milliseconds, and the generator stands still while a killed node's users come back.
 */
const ADDRESSES_PER_WORKER = 250;
/** 127.64.x.y and up: apart from the deployments' 127.0.<deployment>.<node>. */
const FIRST_SECOND_BYTE = 64;

/** The address that user `localIndex` (among its worker's users) of worker `worker` binds; null lets the kernel choose. */
export function sourceAddress(worker: number, localIndex: number, platform: NodeJS.Platform = process.platform): string | null {
  if (platform !== 'linux') return null;
  return `127.${FIRST_SECOND_BYTE + (worker >>> 8)}.${worker & 0xff}.${1 + (localIndex % ADDRESSES_PER_WORKER)}`;
}
