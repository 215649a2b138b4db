/** A raw client of the HTTP surface: what it sends is byte for byte what the test says. */
import { connect, type Socket } from 'node:net';

/** Everything the server says until it closes the connection. */
export function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1')) as Socket;
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}

export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what the server answered is what the tests look into
  readonly body: any;
}

/** One request by fetch. */
export async function ask(
  port: number,
  path: string,
  init: RequestInit & { readonly bearer?: string } = {},
  host = '127.0.0.1',
): Promise<Answered> {
  const { bearer, ...rest } = init;
  const headers = new Headers(rest.headers);
  if (bearer !== undefined) headers.set('authorization', `Bearer ${bearer}`);
  const response = await fetch(`http://${host}:${port}${path}`, { ...rest, headers });
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, headers: response.headers, body: await response.json() };
}
