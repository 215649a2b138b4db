/** A bare TCP connection, upgraded by our own handshake, whose bytes go through our decoder: what the driver does, without it. */
import { connect, type Socket } from 'node:net';
import { WebSocketDecoder, type WebSocketEvents } from '../../../../harness/run/drivers/native/websocket-codec.ts';
import { readUpgradeAnswer, upgradeRequest } from '../../../../harness/run/drivers/native/websocket-handshake.ts';
import { until } from '../../../until.ts';

const SUBPROTOCOL = 'letitcrash.1';

export interface RawPeer {
  readonly socket: Socket;
  readonly recorder: Recorder;
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
  return { socket, recorder };
}
