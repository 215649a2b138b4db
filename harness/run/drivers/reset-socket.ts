/** Ends a TCP connection with a RST, at once, and without leaving a handle behind. */
import type { Socket } from 'node:net';

/**
 * `resetAndDestroy` first requests a shutdown and resets when that is done. A socket that an error ends in between is never closed, because
 * libuv refuses to reset a stream that is shutting down and Node releases the handle: no `close` comes, and the process never ends. So the
 * reset is requested in the way that `resetAndDestroy` finally does it, without the shutdown; if a shutdown is under way, the connection is
 * closed instead.
 */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  const isShuttingDown = socket.writableEnded && !socket.writableFinished;
  if (!socket.connecting && !isShuttingDown) (socket as Socket & { resetAndClosing: boolean }).resetAndClosing = true;
  socket.destroy();
}
