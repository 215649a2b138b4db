/**
 * What the tests start in an arena: says who it is and what it sees, then does as it is told by its first argument. Lines on stdout.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { presentArena, settleInside } from '../../../../harness/run/arena/inside.ts';

const [act = 'end', file] = process.argv.slice(2);
if (file !== undefined) await import('node:fs').then(({ writeFileSync }) => writeFileSync(file, 'written inside\n'));
await settleInside();
const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
const server = createServer().listen(0, '127.0.9.9', () => {
  process.stdout.write(
    `${JSON.stringify({ pid: process.pid, uid: process.getuid?.(), arena: presentArena(), port: (server.address() as { port: number }).port })}\n`,
  );
  if (act === 'end') process.exit(42);
  if (act === 'signal') process.on('SIGTERM', () => process.exit(43));
});
child.unref();
