/** `letitcrash/driver`: what a file needs to speak a server's protocol. Load workers import it, so it imports nothing but sockets. */

export type { Credential, Endpoint } from '../../../targets/target.ts';
export type {
  AbandonedSocket,
  Address,
  ConnectOptions,
  Driver,
  Session,
  SessionEnd,
  SessionEvents,
  SocketLink,
} from '../../contracts/driver.ts';
export { readAgain, stopReading } from '../../run/drivers/socket-reading.ts';
export { webSocketDriver } from '../../run/drivers/websocket/websocket-driver.ts';
export type { Frame, Heard, WebSocketProtocol } from '../../run/drivers/websocket/websocket-protocol.ts';
