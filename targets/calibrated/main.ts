/** One node of the calibrated server as an OS process: told what to do over IPC, and gone when its parent is. */
import type { Answers, FromNode, NodeStart, Request, ToNode } from './control.ts';
import { DelayLine, nowUs } from './delay-line.ts';
import { Exchange } from './exchange.ts';
import { CalibratedServer } from './server.ts';

const EPOCH_2020_MS = 1_577_836_800_000;
/** Seqs that one mailbox may give in a millisecond of a process' life and still stay below those of the next process. */
const SEQS_PER_MS = 2 ** 11;

let server: CalibratedServer | null = null;
let start: NodeStart | null = null;

process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
// A terminal's Ctrl-C goes to the whole group; the parent decides when this process ends.
process.on('SIGINT', () => undefined);
process.on('message', (message: ToNode) => {
  if (message.type === 'start') {
    begin(message.start).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  } else {
    tell({ type: 'answer', id: message.id, answer: answer(message.request) });
  }
});

function tell(message: FromNode): void {
  process.send?.(message);
}

async function begin(given: NodeStart): Promise<void> {
  start = given;
  const { config, incarnation } = given;
  const delays = new DelayLine();
  const firstSeq = (Date.now() - EPOCH_2020_MS) * SEQS_PER_MS + 1;
  const exchange = new Exchange(config, delays, firstSeq, config.neverRecovers && incarnation > 1);
  server = new CalibratedServer(exchange, {
    node: given.name,
    host: given.host,
    port: given.port,
    tokenKey: Buffer.from(given.tokenKey, 'base64url'),
    epoch: incarnation,
    leakBytesPerConnection: config.leakBytesPerConnection,
    leakBytesPerMessage: config.leakBytesPerMessage,
    onFirstSend: () => {
      if (config.freezeForMs > 0 && incarnation === 1) {
        delays.at(nowUs() + config.freezeAtMs * 1000, () => freeze(config.freezeForMs));
      }
      if (config.expelAtMs > 0) delays.at(nowUs() + config.expelAtMs * 1000, () => server?.expel());
    },
  });
  await new Promise<void>((resolve) => delays.at(given.listenAtUs, resolve));
  const port = await server.listen();
  console.log(`node ${given.name}, incarnation ${incarnation}, listens on ${given.host}:${port}`);
  tell({ type: 'ready', port });
}

/** Blocks everything: no socket is read, no timer runs, no signal but SIGKILL is heard. */
function freeze(forMs: number): void {
  console.log(`frozen for ${forMs} ms`);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs);
}

function answer(request: Request): Answers[Request['kind']] {
  switch (request.kind) {
    case 'kill-user': {
      const mailbox = server?.exchange.mailbox(request.user);
      if (mailbox === undefined || mailbox.line === null) return false;
      mailbox.kills += 1;
      mailbox.line.close(11, 'the process was killed');
      return true;
    }
    case 'user-process': {
      const mailbox = server?.exchange.mailbox(request.user);
      if (mailbox === undefined || mailbox.line === null) return { alive: false };
      return { alive: true, incarnation: `${start?.incarnation ?? 0}.${mailbox.kills}` };
    }
    case 'introspect':
      // The last resort also gives the pages back to the system; any other collection keeps them for later.
      if (request.collectGarbage) globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
      return {
        heapBytes: heapBytes(),
        connections: server?.connections ?? 0,
        processes: server?.exchange.users ?? 0,
      };
    case 'freeze':
      setImmediate(freeze, request.forMs);
      return true;
  }
}

/** What V8 holds, and what it holds outside its heap on behalf of objects in it. */
function heapBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
