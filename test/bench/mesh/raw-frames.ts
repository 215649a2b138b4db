/** The peer: length-prefixed frames over TCP and nothing else. What one chunk causes to be sent goes out in one write. */
import type { Socket } from 'node:net';

const LENGTH_BYTES = 4;

/** Calls back with every frame; what `onFrame` returns is sent, in one write a chunk. */
export function answerFrames(socket: Socket, onFrame: (body: Buffer) => Buffer | null): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const answers: Buffer[] = [];
    let at = 0;
    while (bytes.length - at >= LENGTH_BYTES) {
      const end = at + LENGTH_BYTES + bytes.readUInt32BE(at);
      if (end > bytes.length) break;
      const answer = onFrame(bytes.subarray(at + LENGTH_BYTES, end));
      if (answer !== null) answers.push(framed(answer));
      at = end;
    }
    rest = bytes.subarray(at);
    if (answers.length > 0) socket.write(answers.length === 1 ? (answers[0] as Buffer) : Buffer.concat(answers));
  });
}

export function framed(body: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + body.length);
  frame.writeUInt32BE(body.length);
  body.copy(frame, LENGTH_BYTES);
  return frame;
}
