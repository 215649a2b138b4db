/** Ends a TCP connection with a RST, at once, and without leaving a handle behind. */
import type { Socket } from 'node:net';

/**
 * `resetAndDestroy` asks for a shutdown first and resets when that is done. A socket that an error ends in between is never closed, as
 * libuv refuses to reset a stream that is shutting down and Node lets go of the handle: no `close` comes, and the process never ends. So the reset is asked
 * for as `resetAndDestroy` does it in the end, without the shutdown; where one is under way, the connection is closed instead.
 */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  const isShuttingDown = socket.writableEnded && !socket.writableFinished;
  if (!socket.connecting && !isShuttingDown) (socket as Socket & { resetAndClosing: boolean }).resetAndClosing = true;
  socket.destroy();
}
