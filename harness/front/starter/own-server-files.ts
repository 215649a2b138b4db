/**
 * What `letitcrash init` writes for a user's own server: a target, a driver, a scenario, and a server to begin with. They run as they are.
 * Modules end with .mts and .mjs, because a .ts or .js file is CommonJS in a project made by `npm init -y`.
 */
import { SCENARIO_SCHEMA_LINE } from './schema-lines.ts';
import type { StarterFile } from './starter-file.ts';

const SCENARIO = `${SCENARIO_SCHEMA_LINE}
# Your own server under a small load. npx letitcrash run letitcrash/my-server.yaml
name: my-server
target: { use: ./my-target.mts, durability: memory }   # paths are relative to this file
users: 200
load: { model: poisson, rate: 200/s, payload: 100B, duration: 5s }
# When that passes, break it. The ledger finds every message that a killed server had acknowledged and then lost.
# faults:
#   - { at: 1s, kind: reset-connections, count: 20 }
#   - { at: 2s, kind: kill-node, for: 500ms }
expect:
  delivery: intact
  # response.p99: < 50ms
  # recovery.reconnected: < 5s
`;

const TARGET = `// How letitcrash starts your server, ends it, and what the server promises. Used by: target: { use: ./my-target.mts }
import { fileURLToPath } from 'node:url';
import { commandTarget } from 'letitcrash/target';

// A server that is one OS process needs no more than this. A server with several processes (nodes, a database) implements Target, the
// interface in letitcrash/target: start, find, kill and measure its processes.
export const target = commandTarget({
  name: 'my-server',
  summary: 'what it is, in one line',
  version: '0.0.0',
  // The driver that speaks to it, relative to this file.
  driver: './my-driver.mts',
  // What an acknowledgement means: 'fsync' (on disk and flushed), 'commit' (with the operating system: survives a kill of the process)
  // or 'memory' (a killed server loses it). This is what you promise; the ledger shows whether it is true.
  durabilities: ['memory'],
  // Keys of the scenario's target that are the server's own settings, such as target: { use: ./my-target.mts, historyLimit: 100 }.
  settings: ['historyLimit'],
  // Request path of the WebSocket, unless the driver gives another.
  path: '/',
  // The process itself, not npm or a shell around it, because it is killed, paused and measured by its process id. It must listen on this host
  // and port; it counts as ready when the port answers. dataDir belongs to it alone and survives a kill.
  command: ({ host, port, dataDir, durability, config }) => ({
    // file: '/usr/bin/my-server',                 default: the Node that runs letitcrash
    args: [fileURLToPath(new URL('./my-server.mjs', import.meta.url))],
    env: { HOST: host, PORT: String(port), DATA_DIR: dataDir, DURABILITY: durability, HISTORY_LIMIT: String(config.historyLimit ?? '') },
  }),
  // What a user presents to sign in; by default the user's name. Sign a token here with the key that command() gave the server.
  // credential: (user, device) => ({ user, device, token: sign(user), secret: '' }),
});
`;

const DRIVER = `// How a user talks to your server. Each load worker imports this file and opens thousands of these connections.
import { webSocketDriver } from 'letitcrash/driver';

// For a protocol on WebSocket, say what its frames are; sockets, batching, keepalive, resets and stalls are handled for you. Anything else
// (raw TCP, MQTT, ...) implements Driver, the interface in letitcrash/driver. Its rules are checked while it runs: a broken rule
// makes the run invalid and is named, and the server is not blamed for it.
export const driver = webSocketDriver({
  name: 'my-protocol',

  // The path and query of the request. cursor is the highest number (seq) that this user has received; pass it to a server that can resume.
  request: ({ credential, endpoint }) => endpoint.path + '?name=' + encodeURIComponent(credential.token),

  // The first frame, if signing in needs one; the user is then signed in when receive() calls heard.signedIn(). Without it the user is signed in
  // as soon as the socket is open. usedId is the highest id that this user has given to a message: a server that knows it can tell that a
  // higher one is not a repeat.
  // signIn: ({ credential, cursor, usedId }) => JSON.stringify({ type: 'hello', token: credential.token, cursor, usedId }),

  // A message. The sender chooses the id, and the server's acknowledgement must name it. It is sent again with the same id if the
  // connection was lost before the acknowledgement came. The payload is bytes and must arrive unchanged; as text, use base64.
  // It is only lent for this call: its buffer is reused at once.
  send: (id, to, payload) => JSON.stringify({ type: 'send', id, to, text: payload.toString('base64') }),

  // "I have everything up to seq" and "I have read seq", if the server wants to know.
  // acknowledge: (seq) => JSON.stringify({ type: 'have', seq }),
  // read: (seq) => JSON.stringify({ type: 'read', seq }),

  // Says what a frame of the server means, before it returns (it is not async). Unknown frames may be ignored; an error thrown here ends the\n  // connection and is blamed on the server.
  receive(frame, heard) {
    const { type, id, from, text } = JSON.parse(frame.toString());
    // The promise: from now on the message must not be lost.
    if (type === 'ack') heard.acked(id);
    // A definite refusal: heard.refused(id, code, reason).
    // A message that arrived. seq is the server's own number, which rises for this user across connections, or null if it has none. A number that
    // restarts with each connection does not qualify: a message whose seq is not above the last one counts as a repeat.
    if (type === 'message') heard.delivered({ seq: null, id, from, payload: Buffer.from(text, 'base64') });
  },

  // What a close code of the server allows: 'at-once', 'elsewhere', 'back-off' (the default) or 'never'.
  // retryAfter: (code) => (code === 4001 ? 'never' : 'back-off'),
});
`;

const SERVER = `// Stands in for your server until my-target.mts starts the real one: a chat server in memory. It needs ws.
import { WebSocketServer } from 'ws';

const online = new Map();
const waiting = new Map();

const server = new WebSocketServer({ host: process.env.HOST, port: Number(process.env.PORT) });

server.on('connection', (socket, request) => {
  const name = new URL(request.url ?? '/', 'http://chat').searchParams.get('name');
  online.set(name, socket);
  for (const message of waiting.get(name) ?? []) socket.send(message);
  waiting.delete(name);
  socket.on('message', (data) => {
    const { id, to, text } = JSON.parse(data.toString());
    const message = JSON.stringify({ type: 'message', from: name, id, text });
    const receiver = online.get(to);
    if (receiver === undefined) waiting.set(to, [...(waiting.get(to) ?? []), message]);
    else receiver.send(message);
    socket.send(JSON.stringify({ type: 'ack', id }));
  });
  socket.on('close', () => {
    if (online.get(name) === socket) online.delete(name);
  });
  socket.on('error', () => socket.terminate());
});
`;

/** What the stand-in server imports, in the version that letitcrash itself uses. */
export const STAND_IN_DEPENDENCIES: Readonly<Record<string, string>> = { ws: '^8.23.0' };

/** In the order in which a newcomer reads them. */
export const ownServerFiles: readonly StarterFile[] = [
  { path: 'letitcrash/my-target.mts', text: TARGET, what: 'the target: how to start your server, and what it promises' },
  { path: 'letitcrash/my-driver.mts', text: DRIVER, what: "the driver: your server's wire protocol" },
  { path: 'letitcrash/my-server.yaml', text: SCENARIO, what: 'a scenario that uses both' },
  { path: 'letitcrash/my-server.mjs', text: SERVER, what: 'a server to begin with, instead of yours' },
];
