/**
 * Stops reading from a TCP connection, so that what arrives stays in the kernel, whose buffer fills until the sender must wait.
 *
 * `socket.pause()` alone does not do that: a paused Node socket goes on reading into its own buffer, up to 64 KiB, and sees the end of the
 * connection. So the handle beneath is stopped too. Whether it really is stopped can be seen in the kernel
 * (harness/run/faults/kinds/client/unread-watch.ts).
 */
import type { Socket } from 'node:net';

/** What Node keeps beneath a socket, as far as reading goes (lib/net.js). */
interface ReadingHandle {
  reading: boolean;
  readStop(): number;
  readStart(): number;
}

interface SocketInside {
  readonly _handle: ReadingHandle | null;
  /** Asks the handle for more; an own property hides the one of the class. */
  _read?: (size: number) => void;
}

/** Stops reading. False if the socket has no handle that can be stopped; nothing is changed then. */
export function stopReading(socket: Socket): boolean {
  const inside = socket as unknown as SocketInside;
  const handle = inside._handle;
  if (handle === null || socket.destroyed || typeof handle.readStop !== 'function') return false;
  socket.pause();
  // A stream with room asks for more by itself, also in the next turn: this override prevents that.
  inside._read = () => {};
  handle.reading = false;
  return handle.readStop() === 0;
}

/** Reads again, beginning with what the kernel has kept. Has no effect on a socket that is gone. */
export function readAgain(socket: Socket): void {
  const inside = socket as unknown as SocketInside;
  delete inside._read;
  const handle = inside._handle;
  if (handle !== null && !socket.destroyed && !handle.reading) {
    handle.reading = true;
    handle.readStart();
  }
  socket.resume();
}
