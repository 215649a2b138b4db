/**
 * One node as an OS process. In: the configuration, in the environment. Out: one ready message, to the parent by IPC or as a
 * line on stdout. SIGTERM, or the end of the parent, drains and exits 0; a failed store exits 1.
 */
import { flushCompileCache } from 'node:module';
import { CONFIGURATION_VARIABLE, type ReadyMessage, readConfiguration } from './configuration.ts';
import { startNode } from './node.ts';

const EXIT_FAILED = 1;
const EXIT_CONFIGURATION = 2;
const HARD_LIMIT_MS = 10_000;

function fail(error: Error, code: number): never {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exit(code);
}

process.on('uncaughtException', (error) => fail(error, EXIT_FAILED));
process.on('unhandledRejection', (reason) => fail(reason instanceof Error ? reason : new Error(String(reason)), EXIT_FAILED));

const text = process.env[CONFIGURATION_VARIABLE];
delete process.env[CONFIGURATION_VARIABLE];
let configuration: ReturnType<typeof readConfiguration>;
try {
  configuration = readConfiguration(text);
} catch (error) {
  fail(error as Error, EXIT_CONFIGURATION);
}

const node = await startNode(configuration, (error) => fail(error, EXIT_FAILED));
node.runtime.onCrash(({ behaviour, pid, reason }) => {
  process.stderr.write(`crash: ${behaviour} ${pid}: ${typeof reason === 'string' ? reason : JSON.stringify(reason)}\n`);
});

let leaving = false;
function leave(): void {
  if (leaving) return;
  leaving = true;
  setTimeout(() => process.exit(EXIT_FAILED), HARD_LIMIT_MS).unref();
  node.drain().then(
    () => process.exit(0),
    (error: unknown) => fail(error as Error, EXIT_FAILED),
  );
}
process.on('SIGTERM', leave);
process.on('SIGINT', leave);
// A node never outlives the run that started it.
if (process.connected) process.on('disconnect', leave);

const { port, controlPort, httpPort, mesh } = node;
const ready: ReadyMessage = { type: 'ready', port, controlPort, httpPort, meshPort: mesh?.port ?? null };
if (process.send !== undefined) process.send(ready);
else process.stdout.write(`${JSON.stringify(ready)}\n`);
// Now, for a node that is killed has no later moment.
flushCompileCache();
