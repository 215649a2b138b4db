/**
 * Source addresses of the generator. One address has about 28,000 ports towards one endpoint, and the ports of closed connections are
 * blocked for a minute: on Linux, where all of 127.0.0.0/8 is loopback, users are spread over several addresses.
 */
const USERS_PER_ADDRESS = 4_000;
/** 127.64.x.y and up: apart from the deployments' 127.0.<deployment>.<node>. */
const FIRST_SECOND_BYTE = 64;

/** The address that user `localIndex` (among its worker's users) of worker `worker` binds; null lets the kernel choose. */
export function sourceAddress(worker: number, localIndex: number, platform: NodeJS.Platform = process.platform): string | null {
  if (platform !== 'linux') return null;
  const block = Math.floor(localIndex / USERS_PER_ADDRESS);
  return `127.${FIRST_SECOND_BYTE + (worker >>> 8)}.${worker & 0xff}.${1 + (block % 250)}`;
}
