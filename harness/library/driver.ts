/** `letitcrash/driver`: what a file needs to speak a server's protocol. Load workers import it: it brings in nothing but sockets. */

export type { Credential, Endpoint } from '../../targets/target.ts';
export type {
  AbandonedSocket,
  Address,
  ConnectOptions,
  Driver,
  Session,
  SessionEnd,
  SessionEvents,
  SocketLink,
} from '../drivers/driver.ts';
export { readAgain, stopReading } from '../drivers/socket-reading.ts';
export { webSocketDriver } from '../drivers/websocket/websocket-driver.ts';
export type { Frame, Heard, WebSocketProtocol } from '../drivers/websocket/websocket-protocol.ts';
