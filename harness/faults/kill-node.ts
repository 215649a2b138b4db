/** kill-node: SIGKILL a node's OS process; after `for` the deployment starts it again on the same address and data. */
import { connect } from 'node:net';
import { z } from 'zod';
import type { DeployedNode, Endpoint } from '../../targets/target.ts';
import { type FaultContext, type FaultKind, ImpossibleFault, type Injection, type Verification } from './fault.ts';

const settings = z.strictObject({
  /** `random`, or a node by name. */
  target: z.string().default('random'),
});
type Settings = z.infer<typeof settings>;

interface Handle {
  readonly node: DeployedNode;
  readonly osPid: number;
  readonly incarnation: number;
}

const PROBE_TIMEOUT_MS = 1_000;

export const killNode: FaultKind<Settings, Handle> = {
  kind: 'kill-node',
  summary: 'SIGKILL the OS process of a node, and start it again after `for`',
  needs: ['kill-node'],
  requires: [],
  duration: 'optional',
  settings,

  check({ target }, { nodes }) {
    const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
    if (target === 'random' || names.includes(target)) return [];
    return [{ key: 'target', message: `there is no node ${target}`, remedy: `random, or one of ${names.join(', ')}` }];
  },

  async inject({ target }, context) {
    const node = chooseNode(target, context);
    const { osPid, incarnation } = node;
    if (osPid === null) throw new ImpossibleFault(`node ${node.name} is dead already`);
    const injectedAtUs = context.nowUs();
    await node.kill();
    return {
      target: `node ${node.name}`,
      injectedAtUs,
      affected: 'everybody',
      handle: { node, osPid, incarnation },
    };
  },

  async verify({ handle }: Injection<Handle>): Promise<Verification> {
    const dead = !processExists(handle.osPid);
    const port = await probePort(handle.node.endpoint);
    return {
      verified: dead && port === 'ECONNREFUSED',
      evidence: [
        `asked for SIGKILL of ${handle.node.name}; its process ${dead ? 'no longer exists' : 'STILL EXISTS'}`,
        `a connection to its port: ${port}`,
      ],
    };
  },

  async undo({ handle }: Injection<Handle>): Promise<Verification> {
    await handle.node.restart();
    const port = await probePort(handle.node.endpoint);
    const renewed = handle.node.incarnation === handle.incarnation + 1 && handle.node.state === 'ready';
    return {
      verified: renewed && port === 'accepted',
      evidence: [`started again as incarnation ${handle.node.incarnation}; a connection to its port: ${port}`],
    };
  },
};

function chooseNode(target: string, context: FaultContext): DeployedNode {
  const nodes = context.deployment.nodes.filter((node) => (target === 'random' ? node.state === 'ready' : node.name === target));
  const node = nodes[Math.floor(context.random() * nodes.length)];
  if (node === undefined) throw new ImpossibleFault(target === 'random' ? 'no node is up' : `there is no node ${target}`);
  return node;
}

/** Asks the kernel, not the deployment, whether the process is there. */
function processExists(osPid: number): boolean {
  try {
    process.kill(osPid, 0);
    return true;
  } catch {
    return false;
  }
}

/** What a fresh connection meets: `accepted`, `timed out`, or the kernel's error code. */
function probePort({ host, port }: Endpoint): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (outcome: string): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => settle('timed out'));
    socket.once('connect', () => settle('accepted'));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
  });
}
