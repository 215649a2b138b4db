/** The other OS process: a node with a process that sends back what it gets, and beside it a plain TCP echo. Tells its ports to its parent. */
import { createServer } from 'node:net';
import { startMesh } from '../../../targets/reference/platform/real/mesh/mesh.ts';
import { createRealPlatform } from '../../../targets/reference/platform/real/real-platform.ts';
import { createRuntime } from '../../../targets/reference/runtime/index.ts';
import { answerFrames } from './raw-frames.ts';
import { type BenchMessage, ECHO, meshOptions, other } from './setup.ts';

const mesh = await startMesh(meshOptions(ECHO));
const runtime = createRuntime({ platform: createRealPlatform(), ...ECHO, bus: mesh });
runtime.spawn(
  {
    name: 'echo',
    init: () => null,
    handle(message: BenchMessage, state: null, context) {
      context.send(message.from, message);
      return state;
    },
  },
  null,
  { name: 'echo' },
);
const server = createServer((socket) => answerFrames(socket, (body) => body));
server.listen(0, '127.0.0.1', () => {
  process.send?.({ meshPort: mesh.port, rawPort: (server.address() as { port: number }).port });
});
process.on('message', (meshPort: number) => mesh.setMembers([other(meshPort)]));
process.on('disconnect', () => process.exit(0));
