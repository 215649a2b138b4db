/** Any protocol on WebSocket as a driver, using the `ws` package: a user's file says only what its frames mean. */
import type { ConnectOptions, Driver, Session, SessionEvents } from '../../../contracts/driver.ts';
import { Tending } from '../tending.ts';
import type { WebSocketProtocol } from './websocket-protocol.ts';
import { WebSocketSession } from './websocket-session.ts';

/** The driver of a protocol. One for each process is enough. */
export function webSocketDriver(protocol: WebSocketProtocol): Driver {
  const open = new Tending<WebSocketSession>();
  return {
    name: protocol.name,
    devices: protocol.devices ?? false,
    connect: (options: ConnectOptions, events: SessionEvents): Session => new WebSocketSession(protocol, options, events, open),
    tend: (nowMs) => open.tend(nowMs),
  };
}
