/**
 * The yardstick: a relay on bare `ws`, as plain as it can be. A client's first message is its name; every later one begins
 * with the receiver's name (length byte, text) and is forwarded to it as it came. Nothing is stored, acknowledged or checked.
 */
import { type WebSocket, WebSocketServer } from 'ws';

const byName = new Map<string, WebSocket>();
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  perMessageDeflate: false,
  clientTracking: false,
  backlog: 4096,
});

server.on('connection', (socket) => {
  let name: string | null = null;
  socket.on('message', (data: Buffer) => {
    if (name === null) {
      name = data.toString('latin1');
      byName.set(name, socket);
      socket.send('welcome');
      return;
    }
    byName.get(data.toString('latin1', 1, 1 + (data[0] as number)))?.send(data);
  });
  socket.on('close', () => {
    if (name !== null) byName.delete(name);
  });
});

server.on('listening', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
process.on('message', () => {
  (globalThis as { gc?: () => void }).gc?.();
  process.send?.({ collected: byName.size });
});
process.on('disconnect', () => process.exit(0));
