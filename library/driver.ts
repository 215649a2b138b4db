/** `letitcrash/driver`: what a file needs to speak a server's protocol. Load workers import it: it brings in nothing but sockets. */
export type {
  AbandonedSocket,
  Address,
  ConnectOptions,
  Driver,
  Session,
  SessionEnd,
  SessionEvents,
  SocketLink,
} from '../harness/drivers/driver.ts';
export { webSocketDriver } from '../harness/drivers/websocket/websocket-driver.ts';
export type { Frame, Heard, WebSocketProtocol } from '../harness/drivers/websocket/websocket-protocol.ts';
export type { Credential, Endpoint } from '../targets/target.ts';
