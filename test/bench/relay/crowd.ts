/** Many idle connections: signs them all in and holds them until told to end. */
import { FrameType, FrameWriter, HEADER_BYTES } from '../../../targets/protocol/frames.ts';
import { proofOf } from '../../../targets/protocol/token.ts';
import type { Credential } from '../../../targets/target.ts';
import { masked, RawSocket } from './raw-socket.ts';

export interface CrowdJob {
  readonly kind: 'bare' | 'reference';
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly users: number;
  readonly credentials: readonly Credential[];
}

const AT_ONCE = 64;
const writer = new FrameWriter();

function join(job: CrowdJob, index: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const raw = new RawSocket(job.host, job.port, job.path, {
      opened: () => {
        if (job.kind === 'bare') raw.socket.write(masked(Buffer.from(`u${index}`)));
      },
      message(bytes, start) {
        if (job.kind === 'bare') {
          resolve();
          return;
        }
        const type = bytes[start];
        if (type === FrameType.challenge) {
          const { token, secret } = job.credentials[index] as Credential;
          const challenge = Buffer.from(bytes.subarray(start + HEADER_BYTES, start + HEADER_BYTES + 16));
          raw.socket.write(masked(writer.hello(token, proofOf(secret, challenge), 0).take()));
        } else if (type === FrameType.welcome) resolve();
      },
      ended: () => reject(new Error('the server closed a connection')),
    });
  });
}

async function run(job: CrowdJob): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < job.users) await join(job, next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

process.once('message', (job: CrowdJob) => {
  run(job).then(
    () => process.send?.({ joined: job.users }),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
