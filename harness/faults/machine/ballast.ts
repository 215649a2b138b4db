/** A process that takes so many bytes of memory, given as its argument, and keeps hold of them until its parent is gone. */
import { randomFillSync } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';

const bytes = Number(process.argv[2]);
const CHUNK_BYTES = 16 * 1024 ** 2;

process.once('disconnect', () => process.exit());
const held: Buffer[] = [];
for (let taken = 0; taken < bytes; taken += CHUNK_BYTES) {
  const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, bytes - taken));
  // Written, or the kernel would not give the pages; with noise, or it could merge or compress them.
  held.push(randomFillSync(chunk));
  // The parent may be gone in the meantime.
  await turn();
}
process.send?.('ready');
process.on('message', () => process.send?.(held.length));
