/**
 * `createServer` of node:http, without what importing that module costs: for each of its names Node asks all of them, and three
 * (WebSocket, CloseEvent, MessageEvent) load undici and HTTP/2, a fifth of what a node needs to start.
 */
export const { createServer } = process.getBuiltinModule('node:http');
