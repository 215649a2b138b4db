/**
 * The measuring peer of the generator's memory: a bare `net` client that opens as many upgraded WebSocket connections as it is
 * asked for and then holds them, with the least that Node allows. A process of its own; tells its parent when it has them.
 */
import { Socket } from 'node:net';
import { upgradeRequest } from '../../../harness/run/drivers/native/websocket-handshake.ts';
import { SUBPROTOCOL } from '../../../targets/protocol/frames.ts';

const AT_ONCE = 256;
const UPGRADED = 'HTTP/1.1 101';
const [port = 0, count = 0] = process.argv.slice(2).map(Number);
const shared = Buffer.alloc(65_536);
const kept: Socket[] = [];
let opened = 0;
let upgraded = 0;

function onRead(length: number): boolean {
  // What else arrives is the CHALLENGE, to which it does not answer.
  if (shared.toString('latin1', 0, Math.min(length, UPGRADED.length)) !== UPGRADED) return true;
  if (++upgraded === count) process.send?.('ready');
  else open();
  return true;
}

const options = { noDelay: true, onread: { buffer: shared, callback: onRead } };

function onConnect(this: Socket): void {
  this.write(upgradeRequest(`127.0.0.1:${port}`, '/', SUBPROTOCOL).request);
}

function onError(error: Error): void {
  throw error;
}

function open(): void {
  while (opened < count && opened - upgraded < AT_ONCE) {
    const socket = new Socket(options);
    socket.on('connect', onConnect);
    socket.on('error', onError);
    socket.connect({ host: '127.0.0.1', port, localAddress: `127.80.0.${1 + Math.floor(opened / 4_000)}` });
    kept.push(socket);
    opened++;
  }
}

process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
open();
