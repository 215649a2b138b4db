/**
 * How long a node takes to acknowledge a message, measured by a user of the probe's own, over the wire, like everybody else. The messages
 * go to another such user, who never connects; no user of the run is affected.
 */
import type { DeployedNode, Deployment } from '../../../../targets/target.ts';
import { openDriver } from '../../drivers/index.ts';

const LIMIT_MS = 15_000;
const PAYLOAD = Buffer.from('how long does this take?');

let probes = 0;

/** `protocol` is the run's driver. Milliseconds from send to acknowledgement, once signed in; null when it was refused, cut off, or took longer than 15 seconds. */
export async function acknowledgementMs(node: DeployedNode, deployment: Deployment, protocol: string): Promise<number | null> {
  const driver = await openDriver(protocol);
  probes += 1;
  const name = `probe-${process.pid}-${probes}`;
  return new Promise((resolve) => {
    let sentMs = 0;
    const settle = (tookMs: number | null): void => {
      clearTimeout(timer);
      resolve(tookMs);
      session.close();
    };
    const session = driver.connect(
      {
        endpoint: node.endpoint,
        credential: deployment.credential(name, 'd0'),
        cursor: 0,
        usedId: 0,
        localAddress: null,
        handshakeTimeoutMs: LIMIT_MS,
        keepaliveMs: LIMIT_MS,
        // A node does not redirect a user who was redirected to it.
        redirected: true,
      },
      {
        open() {
          sentMs = performance.now();
          if (!session.send(1, `${name}-absent`, PAYLOAD, false)) settle(null);
        },
        acked: () => settle(performance.now() - sentMs),
        refused: () => settle(null),
        delivered: () => undefined,
        receipt: () => undefined,
        ended: () => settle(null),
      },
    );
    const timer = setTimeout(() => {
      session.abort();
      settle(null);
    }, LIMIT_MS);
  });
}
