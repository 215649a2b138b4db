/** A bare TCP connection, upgraded by our own handshake, whose bytes go through our decoder: what the driver does, without it. */
import { connect, type Socket } from 'node:net';
import { WebSocketDecoder, type WebSocketEvents } from '../../../../harness/run/drivers/native/websocket-codec.ts';
import { readUpgradeAnswer, upgradeRequest } from '../../../../harness/run/drivers/native/websocket-handshake.ts';

const SUBPROTOCOL = 'letitcrash.1';
const LIMIT_MS = 10_000;

export interface RawPeer {
  readonly socket: Socket;
  readonly recorder: Recorder;
  /** Resolves when `condition` holds after some event of the socket or turn of the loop; rejects after ten seconds. */
  until(condition: () => boolean): Promise<void>;
}

/** Writes down what a decoder finds, one line each. */
export class Recorder implements WebSocketEvents {
  readonly seen: string[] = [];
  message(payload: Buffer, binary: boolean): void {
    this.seen.push(`${binary ? 'binary' : 'text'} ${payload.toString('base64')}`);
  }
  pingFrame(payload: Buffer): void {
    this.seen.push(`ping ${payload.toString('base64')}`);
  }
  pongFrame(payload: Buffer): void {
    this.seen.push(`pong ${payload.toString('base64')}`);
  }
  closeFrame(code: number, reason: string): void {
    this.seen.push(`close ${code} ${reason}`);
  }
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited in vain for ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Connects to a WebSocket server on 127.0.0.1. */
export async function connectRaw(port: number): Promise<RawPeer> {
  const upgrade = upgradeRequest(`127.0.0.1:${port}`, '/', SUBPROTOCOL);
  const decoder = new WebSocketDecoder();
  const recorder = new Recorder();
  let answer: Buffer | null = Buffer.alloc(0);
  const shared = Buffer.alloc(4_096);
  const socket = connect({
    host: '127.0.0.1',
    port,
    onread: {
      buffer: shared,
      callback: (length: number) => {
        if (answer === null) {
          decoder.push(shared, length, 8_000_000, recorder);
          return true;
        }
        answer = Buffer.concat([answer, shared.subarray(0, length)]);
        const verdict = readUpgradeAnswer(answer, upgrade.accept, SUBPROTOCOL);
        if (verdict.kind === 'refused') throw new Error(verdict.reason);
        if (verdict.kind === 'upgraded') {
          const rest = answer.subarray(verdict.headBytes);
          answer = null;
          decoder.push(rest, rest.length, 8_000_000, recorder);
        }
        return true;
      },
    },
  });
  socket.on('error', () => {});
  socket.write(upgrade.request);
  await until(() => answer === null);
  return { socket, recorder, until };
}
