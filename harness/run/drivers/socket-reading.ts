/**
 * Reads nothing more from a TCP connection, so that what arrives stays with the kernel, whose buffer fills until the sender must wait.
 *
 * `socket.pause()` alone does not: a paused Node socket goes on reading into its own buffer, 64 KiB of it, and sees the end of the
 * connection. So the handle beneath is stopped too. That it really is stopped is for the kernel to say (harness/run/faults/kinds/client/unread-watch.ts).
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
  /** Asks the handle for more; an own one hides that of the class. */
  _read?: (size: number) => void;
}

/** Stops. False where the socket has no handle that can be stopped; nothing is changed then. */
export function stopReading(socket: Socket): boolean {
  const inside = socket as unknown as SocketInside;
  const handle = inside._handle;
  if (handle === null || socket.destroyed || typeof handle.readStop !== 'function') return false;
  socket.pause();
  // A stream with room asks for more by itself, in the next turn too: nobody is asked as long as this stands.
  inside._read = () => {};
  handle.reading = false;
  return handle.readStop() === 0;
}

/** Reads again, beginning with what the kernel has kept. Without effect on a socket that is gone. */
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
