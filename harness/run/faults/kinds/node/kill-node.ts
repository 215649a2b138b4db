/** kill-node: SIGKILL the OS processes of nodes; after `for` the deployment restarts them on the same addresses and data. */
import type { FaultContext, FaultKind, Injection, Verification } from '../../fault.ts';
import { probePort, processExists } from './node-probes.ts';
import { checkNodeSettings, chooseNodes, type NodeSettings, nodeSettings, nodesText } from './node-victims.ts';
import { type FormerNode, startAgain } from './start-again.ts';

export const killNode: FaultKind<NodeSettings, readonly FormerNode[]> = {
  kind: 'kill-node',
  summary: 'SIGKILL the OS process of one or more nodes, and restart it after `for`',
  needs: ['kill-node'],
  presence: 'certain',
  unflushed: 'kept',
  heals: 'the deployment restarts it after `for`, on the same address and data',
  duration: 'optional',
  settings: nodeSettings,
  check: checkNodeSettings,

  inject: killNodes,
  verify: ({ handle }) => verifyKilled(handle),

  async undo({ handle }: Injection<readonly FormerNode[]>): Promise<Verification> {
    const back = await Promise.all(handle.map(startAgain));
    return { verified: back.every(({ verified }) => verified), evidence: back.flatMap(({ evidence }) => evidence) };
  },
};

/** Chooses nodes and kills them all at once. */
export async function killNodes(settings: NodeSettings, context: FaultContext): Promise<Injection<readonly FormerNode[]>> {
  const nodes = chooseNodes(settings, context);
  const handle = nodes.map((node) => ({ node, osPid: node.osPid ?? 0, incarnation: node.incarnation }));
  const injectedAtUs = context.nowUs();
  await Promise.all(nodes.map((node) => node.kill()));
  return { target: nodesText(nodes), injectedAtUs, affected: 'everybody', handle };
}

/** Asks the kernel whether the processes are gone, and their ports whether they refuse. */
export async function verifyKilled(killed: readonly FormerNode[]): Promise<Verification> {
  const each = await Promise.all(
    killed.map(async ({ node, osPid }) => ({ node, dead: !processExists(osPid), port: await probePort(node.endpoint) })),
  );
  return {
    verified: each.every(({ dead, port }) => dead && port === 'ECONNREFUSED'),
    evidence: each.flatMap(({ node, dead, port }) => [
      `asked for SIGKILL of ${node.name}; its process ${dead ? 'no longer exists' : 'STILL EXISTS'}`,
      `a connection to its port: ${port}`,
    ]),
  };
}
