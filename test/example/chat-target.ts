// How letitcrash starts the chat server, and what the server promises.
import { fileURLToPath } from 'node:url';
import { commandTarget } from 'letitcrash/target';

export const target = commandTarget({
  name: 'chat',
  summary: 'our chat server',
  version: '1.0.0',
  driver: './chat-driver.ts',
  // It keeps everything in memory, and says so.
  durabilities: ['memory'],
  command: ({ host, port }) => ({
    args: [fileURLToPath(new URL('./chat-server.ts', import.meta.url))],
    env: { HOST: host, PORT: String(port) },
  }),
});
