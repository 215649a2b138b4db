/**
 * `createServer` of node:http, without the cost of importing that module: an import reads all of its exports, and three of them
 * (WebSocket, CloseEvent, MessageEvent) load undici and HTTP/2, which is a fifth of what a node needs to start.
 */
export const { createServer } = process.getBuiltinModule('node:http');
