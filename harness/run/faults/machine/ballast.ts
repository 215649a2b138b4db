/** A process that takes as many bytes of memory as it is told to, and holds them until its parent is gone. */
import { randomFillSync } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';

const CHUNK_BYTES = 16 * 1024 ** 2;
const held: Buffer[] = [];

process.once('disconnect', () => process.exit());
process.on('message', (bytes: number) => {
  take(bytes).then(() => process.send?.(held.length));
});
process.send?.('ready');

async function take(bytes: number): Promise<void> {
  for (let taken = 0; taken < bytes; taken += CHUNK_BYTES) {
    const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, bytes - taken));
    // Written, because otherwise the kernel would not provide the pages; with noise, because otherwise it could merge or compress them.
    held.push(randomFillSync(chunk));
    // The parent may be gone in the meantime.
    await turn();
  }
}
