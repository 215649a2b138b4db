/**
 * The load: every user keeps a window of messages on their way to the next user, in a ring; a message that arrives makes room
 * for another. The same for both servers; ours is also acknowledged in both directions, which is its work and not the
 * yardstick's. Every message is a WebSocket message of its own.
 */
import { FrameType, FrameWriter, HEADER_BYTES } from '../../../targets/protocol/frames.ts';
import { proofOf } from '../../../targets/protocol/token.ts';
import type { Credential } from '../../../targets/target.ts';
import { cpuSeconds } from './processes.ts';
import { MASK, masked, RawSocket } from './raw-socket.ts';

export interface LoadJob {
  readonly kind: 'bare' | 'reference';
  readonly serverPid: number;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly users: number;
  readonly window: number;
  readonly payloadBytes: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** One a user; empty for bare. */
  readonly credentials: readonly Credential[];
}

export interface LoadResult {
  readonly perSecond: number;
  readonly acked: number;
  readonly delivered: number;
  readonly clientCpuShare: number;
  readonly serverCpuShare: number;
  /** Messages a second of the server's CPU time: what a core does that is never kept waiting. */
  readonly perServerCpuSecond: number;
}

const TWO_32 = 0x1_0000_0000;
const writer = new FrameWriter();

/** One user of the ring. */
abstract class RingUser {
  readonly index: number;
  readonly raw: RawSocket;
  protected readonly job: LoadJob;
  protected readonly ring: Ring;
  owed = 0;
  dirty = false;

  constructor(ring: Ring, job: LoadJob, index: number) {
    this.ring = ring;
    this.job = job;
    this.index = index;
    this.raw = new RawSocket(job.host, job.port, job.path, {
      opened: () => this.opened(),
      message: (bytes, start, end) => this.message(bytes, start, end),
      ended: () => ring.ended(),
    });
  }

  abstract opened(): void;
  abstract message(bytes: Buffer, start: number, end: number): void;
  /** Bytes to write this turn. */
  abstract take(): Buffer | null;
}

class BareUser extends RingUser {
  readonly #template: Buffer;

  constructor(ring: Ring, job: LoadJob, index: number) {
    super(ring, job, index);
    const to = name((index + 1) % job.users);
    this.#template = masked(Buffer.concat([Buffer.from([to.length]), Buffer.from(to), Buffer.alloc(job.payloadBytes, 120)]));
  }

  opened(): void {
    this.raw.socket.write(masked(Buffer.from(name(this.index))));
  }

  message(_bytes: Buffer, start: number, end: number): void {
    if (end - start < this.job.payloadBytes) this.ring.signedIn();
    else this.ring.arrived(this.index);
  }

  take(): Buffer | null {
    if (this.owed === 0) return null;
    const size = this.#template.length;
    const out = Buffer.allocUnsafe(size * this.owed);
    for (let i = 0; i < this.owed; i++) this.#template.copy(out, i * size);
    this.owed = 0;
    return out;
  }
}

class ReferenceUser extends RingUser {
  readonly #template: Buffer;
  readonly #idAt: number;
  #id = 0;
  #seq = 0;
  #acknowledge = false;

  constructor(ring: Ring, job: LoadJob, index: number) {
    super(ring, job, index);
    this.#template = masked(writer.send(0, false, name((index + 1) % job.users), Buffer.alloc(job.payloadBytes, 120)).take());
    this.#idAt = (this.#template[1] as number) === (0x80 | 126) ? 8 + HEADER_BYTES : 6 + HEADER_BYTES;
  }

  opened(): void {}

  message(bytes: Buffer, start: number, end: number): void {
    for (let at = start; at < end; ) {
      const header = bytes.readUInt32BE(at);
      const body = at + HEADER_BYTES;
      const type = header >>> 24;
      if (type === FrameType.deliver) {
        this.#seq = bytes.readUInt32BE(body) * TWO_32 + bytes.readUInt32BE(body + 4);
        this.#acknowledge = true;
        this.ring.touch(this);
        this.ring.arrived(this.index);
      } else if (type === FrameType.ack) this.ring.acked++;
      else if (type === FrameType.challenge) {
        const { token, secret } = this.job.credentials[this.index] as Credential;
        const challenge = Buffer.from(bytes.subarray(body, body + 16));
        this.raw.socket.write(masked(writer.hello(token, proofOf(secret, challenge), 0).take()));
      } else if (type === FrameType.welcome) this.ring.signedIn();
      else throw new Error(`unexpected frame ${type.toString(16)}: ${bytes.toString('latin1', body, end)}`);
      at = body + (header & 0xffffff);
    }
  }

  take(): Buffer | null {
    const acknowledgement = this.#acknowledge ? masked(writer.delivered(this.#seq).take()) : null;
    this.#acknowledge = false;
    const size = this.#template.length;
    const first = acknowledgement?.length ?? 0;
    const length = first + size * this.owed;
    if (length === 0) return null;
    const out = Buffer.allocUnsafe(length);
    acknowledgement?.copy(out);
    // The id lies at offset 4 of the body, where the mask begins anew.
    const high = MASK.readUInt32BE(0);
    for (let at = first; this.owed > 0; this.owed--, at += size) {
      this.#template.copy(out, at);
      this.#id++;
      out.writeUInt32BE(high, at + this.#idAt);
      out.writeUInt32BE((this.#id ^ high) >>> 0, at + this.#idAt + 4);
    }
    return out;
  }
}

class Ring {
  acked = 0;
  delivered = 0;
  readonly #job: LoadJob;
  readonly #users: RingUser[] = [];
  readonly #ready: () => void;
  readonly #failed: (error: Error) => void;
  #dirty: RingUser[] = [];
  #signedIn = 0;
  #over = false;

  constructor(job: LoadJob, ready: () => void, failed: (error: Error) => void) {
    this.#job = job;
    this.#ready = ready;
    this.#failed = failed;
    const User = job.kind === 'bare' ? BareUser : ReferenceUser;
    for (let i = 0; i < job.users; i++) this.#users.push(new User(this, job, i));
  }

  signedIn(): void {
    if (++this.#signedIn === this.#job.users) this.#ready();
  }

  start(): void {
    for (const user of this.#users) {
      user.owed = this.#job.window;
      this.touch(user);
    }
  }

  /** User `index` got a message: the one before it may send another. */
  arrived(index: number): void {
    this.delivered++;
    if (this.#over) return;
    const user = this.#users[(index + this.#users.length - 1) % this.#users.length] as RingUser;
    user.owed++;
    this.touch(user);
  }

  touch(user: RingUser): void {
    if (user.dirty) return;
    user.dirty = true;
    if (this.#dirty.push(user) === 1) setImmediate(() => this.#flush());
  }

  ended(): void {
    if (!this.#over) this.#failed(new Error('the server closed a connection'));
  }

  stop(): void {
    this.#over = true;
    for (const { raw } of this.#users) raw.socket.destroy();
  }

  #flush(): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const user of dirty) {
      user.dirty = false;
      const bytes = user.take();
      if (bytes !== null) user.raw.socket.write(bytes);
    }
  }
}

export function name(index: number): string {
  return `u${index}`;
}

/** Runs one job to its end. */
async function run(job: LoadJob): Promise<LoadResult> {
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  const { promise: failure, reject: fail } = Promise.withResolvers<never>();
  const ring = new Ring(job, resolve, (error) => {
    reject(error);
    fail(error);
  });
  failure.catch(() => undefined);
  await ready;
  ring.start();
  await Promise.race([pause(job.warmUpMs), failure]);
  const from = {
    delivered: ring.delivered,
    acked: ring.acked,
    at: performance.now(),
    cpu: process.cpuUsage(),
    server: cpuSeconds(job.serverPid),
  };
  await Promise.race([pause(job.measureMs), failure]);
  const seconds = (performance.now() - from.at) / 1000;
  const { user, system } = process.cpuUsage(from.cpu);
  const serverSeconds = cpuSeconds(job.serverPid) - from.server;
  const delivered = ring.delivered - from.delivered;
  ring.stop();
  return {
    perSecond: delivered / seconds,
    delivered,
    acked: ring.acked - from.acked,
    clientCpuShare: (user + system) / 1e6 / seconds,
    serverCpuShare: serverSeconds / seconds,
    perServerCpuSecond: delivered / serverSeconds,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (process.send !== undefined) {
  process.once('message', (job: LoadJob) => {
    run(job).then(
      (result) => process.send?.(result, () => process.exit(0)),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
