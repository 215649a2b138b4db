/** Entry of a load worker: a child process that does what its parent asks over IPC, and ends when the parent does. */
import { WorkerRun } from './worker-run.ts';

// A signal that ends a command on a terminal reaches its whole process group: the parent decides what becomes of the run.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit(0));

const run = new WorkerRun((message) => {
  if (process.connected) process.send?.(message);
});
process.on('message', (message) => run.receive(message));
process.on('uncaughtException', (error) => {
  run.uncaught(error);
});
