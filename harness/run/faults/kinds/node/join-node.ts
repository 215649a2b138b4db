/** join-node: one more node starts while the others run. Users learn its address; with `for` it leaves again. */
import { z } from 'zod';
import type { DeployedNode } from '../../../../../targets/target.ts';
import { eventually } from '../../eventually.ts';
import { type FaultKind, ImpossibleFault, type SettingProblem, type Verification } from '../../fault.ts';
import { probeAnswer, probePort, processExists } from './node-probes.ts';

const settings = z.strictObject({});
type Settings = z.infer<typeof settings>;

interface Handle {
  readonly node: DeployedNode;
  readonly nodesBefore: number;
}

const ANSWERS_WITHIN_MS = 10_000;

export const joinNode: FaultKind<Settings, Handle> = {
  kind: 'join-node',
  summary: 'start one more node, to which new connections can go',
  needs: ['join-node', 'multi-node'],
  addsNodes: 1,
  heals: 'never: the node stays; with `for` it is asked to leave again (SIGTERM)',
  duration: 'open',
  settings,

  check(_settings, { nodes }): readonly SettingProblem[] {
    if (nodes > 1) return [];
    const message = 'a node that was started alone has no mesh that another could join';
    return [{ key: 'kind', message, remedy: 'target: { nodes: 2 } or more' }];
  },

  async inject(_settings, { deployment, entryNodes, nowUs }) {
    const nodesBefore = deployment.nodes.length;
    const injectedAtUs = nowUs();
    const node = await deployment.addNode();
    if (node === null) throw new ImpossibleFault(`there is room for no more than ${nodesBefore} nodes`);
    await entryNodes?.add(node);
    return { target: `node ${node.name}`, injectedAtUs, affected: 'everybody', handle: { node, nodesBefore } };
  },

  async verify({ handle: { node, nodesBefore } }, { deployment }): Promise<Verification> {
    const answer = await eventually(
      () => probeAnswer(node.endpoint, ANSWERS_WITHIN_MS),
      (heard) => heard === 'answered',
      ANSWERS_WITHIN_MS,
    );
    const seen = await node.introspect();
    const runs = node.osPid !== null && processExists(node.osPid);
    return {
      verified: runs && answer === 'answered' && seen !== null && deployment.nodes.length > nodesBefore,
      evidence: [
        `asked for a node beside ${nodesBefore}; ${node.name} ${runs ? `runs as process ${node.osPid}` : 'DOES NOT RUN'}; a question to its port: ${answer}`,
        seen === null
          ? 'its control plane DOES NOT ANSWER'
          : `its control plane counts ${seen.processes} processes and ${seen.connections} connections`,
      ],
    };
  },

  async undo({ handle: { node } }, { entryNodes }): Promise<Verification> {
    const { osPid } = node;
    await entryNodes?.remove(node);
    await node.leave();
    const gone = osPid === null || !processExists(osPid);
    const port = await probePort(node.endpoint);
    return {
      verified: gone && port === 'ECONNREFUSED',
      evidence: [
        `${node.name} was asked to leave; its process ${gone ? 'has ended' : 'STILL EXISTS'}; a connection to its port: ${port}`,
      ],
    };
  },
};
