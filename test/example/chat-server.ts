// A chat server as one writes it in an afternoon. People sign in by name; a message to somebody who is away waits until he is back.
import { createServer, type IncomingMessage } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';

interface Message {
  type: 'message';
  from: string;
  id: number;
  text: string;
}

const host = process.env.HOST ?? '127.0.0.1';
const port = Number(process.env.PORT ?? 8080);

const online = new Map<string, WebSocket>();
const waiting = new Map<string, Message[]>();

const http = createServer((_request, response) => response.end('a chat server\n'));
const sockets = new WebSocketServer({ server: http });

function nameOf(request: IncomingMessage): string | null {
  return new URL(request.url ?? '/', 'http://chat').searchParams.get('name');
}

function deliver(to: string, message: Message): void {
  const socket = online.get(to);
  if (socket?.readyState === WebSocket.OPEN) {
    socket.send(JSON.stringify(message));
  } else {
    waiting.set(to, [...(waiting.get(to) ?? []), message]);
  }
}

sockets.on('connection', (socket, request) => {
  const name = nameOf(request);
  if (name === null) {
    socket.close(4000, 'who are you? connect to /?name=...');
    return;
  }
  online.get(name)?.close(4001, 'you signed in elsewhere');
  online.set(name, socket);

  for (const message of waiting.get(name) ?? []) socket.send(JSON.stringify(message));
  waiting.delete(name);

  socket.on('message', (data) => {
    const { id, to, text } = JSON.parse(data.toString());
    deliver(to, { type: 'message', from: name, id, text });
    socket.send(JSON.stringify({ type: 'sent', id }));
  });

  socket.on('close', () => {
    if (online.get(name) === socket) online.delete(name);
  });
  socket.on('error', () => socket.terminate());
});

http.listen(port, host, () => console.log(`chat on ${host}:${port}`));
