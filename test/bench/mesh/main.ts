/**
 * Messages between processes of two nodes, each an OS process, beside raw length-prefixed TCP frames of the same size between
 * the same two: there and back, many on their way (messages a second) and one on its way (microseconds). Taken in turns; the ratio counts.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { type Mesh, startMesh } from '../../../targets/reference/platform/real/mesh/mesh.ts';
import { createRealPlatform } from '../../../targets/reference/platform/real/real-platform.ts';
import { SEND_NAMED } from '../../../targets/reference/runtime/distribution/signal-kinds.ts';
import { TermWriter } from '../../../targets/reference/runtime/distribution/term-writer.ts';
import { type Behaviour, createRuntime, type Runtime } from '../../../targets/reference/runtime/index.ts';
import { answer, end, start } from '../relay/processes.ts';
import { answerFrames, framed } from './raw-frames.ts';
import { type BenchMessage, DRIVER, ECHO, meshOptions } from './setup.ts';

const ROUNDS = 5;
const SHAPES = [
  { what: '512 on their way', window: 512, messages: 200_000 },
  { what: '1 on its way', window: 1, messages: 5_000 },
] as const;
const PAYLOAD = Buffer.alloc(100, 7);

interface Shape {
  readonly window: number;
  readonly messages: number;
}

export async function meshBench(): Promise<void> {
  const child = start('../mesh/echo-node.ts');
  const { meshPort, rawPort } = await answer<{ meshPort: number; rawPort: number }>(child);
  const mesh = await startMesh(meshOptions(DRIVER));
  const runtime = createRuntime({ platform: createRealPlatform(), ...DRIVER, bus: mesh });
  const body = bodyOfSameSize(runtime);
  try {
    child.send(mesh.port);
    await connected(runtime, mesh, meshPort);
    for (const shape of SHAPES) {
      const ours: number[] = [];
      const raw: number[] = [];
      for (let round = 0; round <= ROUNDS; round++) {
        const seconds = { raw: await rawEcho(rawPort, body, shape), ours: await meshEcho(runtime, shape) };
        // The first round warms up.
        if (round === 0) continue;
        raw.push(seconds.raw);
        ours.push(seconds.ours);
      }
      show(shape.what, shape, median(ours), median(raw));
    }
  } finally {
    runtime.halt();
    await mesh.close();
    await end(child);
  }
}

function connected(runtime: Runtime, mesh: Mesh, meshPort: number): Promise<void> {
  return new Promise((resolve) => {
    runtime.monitorNodes(() => resolve());
    mesh.setMembers([{ ...ECHO, host: '127.0.0.1', meshPort }]);
  });
}

/** Seconds for all messages to go there and come back. */
function meshEcho(runtime: Runtime, { window, messages }: Shape): Promise<number> {
  return new Promise((resolve) => {
    const begin = performance.now();
    const to = { name: ECHO.name, node: ECHO.name };
    let sent = 0;
    let back = 0;
    const driver: Behaviour<null, unknown, null> = {
      name: 'driver',
      init(_, context) {
        const { self } = context;
        while (sent < window) context.send(to, message(self, sent++));
        return null;
      },
      handle(_, state, context) {
        if (sent < messages) context.send(to, message(context.self, sent++));
        if (++back < messages) return state;
        resolve((performance.now() - begin) / 1000);
        context.stop();
        return state;
      },
    };
    runtime.spawn(driver, null);
  });
}

function message(from: BenchMessage['from'], seq: number): BenchMessage {
  return { type: 'deliver', from, conversation: 'user-10433', id: `0198aa77-${seq}`, seq, payload: PAYLOAD };
}

/** What the mesh puts on the wire for one message to a process, less the 4 bytes of length that both have. */
function bodyOfSameSize(runtime: Runtime): Buffer {
  const writer = new TermWriter(DRIVER, { exported: () => {} });
  writer.begin(ECHO, SEND_NAMED);
  writer.string(ECHO.name);
  writer.term(message(runtime.pidOf({ node: DRIVER.name, creation: DRIVER.creation, serial: 1000 }), 100_000), 'the message');
  return Buffer.alloc(1 + writer.finish().length, 7);
}

async function rawEcho(port: number, body: Buffer, { window, messages }: Shape): Promise<number> {
  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  const begin = performance.now();
  await new Promise<void>((resolve) => {
    let sent = window;
    let back = 0;
    answerFrames(socket, () => {
      if (++back === messages) resolve();
      return sent++ < messages ? body : null;
    });
    socket.write(Buffer.concat(Array.from({ length: window }, () => framed(body))));
  });
  const seconds = (performance.now() - begin) / 1000;
  socket.destroy();
  return seconds;
}

function show(what: string, { window, messages }: Shape, ours: number, raw: number): void {
  const figure = (seconds: number): string =>
    window === 1
      ? `${((seconds / messages) * 1e6).toFixed(0)} us there and back`
      : `${Math.round(messages / seconds).toLocaleString('en')} messages/s there and back`;
  console.log(`mesh: ${what}: ${figure(ours)}; raw frames ${figure(raw)}; speed of ours / raw ${(raw / ours).toFixed(2)}`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

if (import.meta.main) await meshBench();
