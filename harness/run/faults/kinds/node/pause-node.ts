/**
 * pause-node: SIGSTOP for the OS processes of nodes. The kernel goes on accepting connections for them and acknowledging bytes, but nobody
 * answers: the node is neither dead nor alive, as in a long stall of the machine or of a garbage collection.
 */
import type { DeployedNode } from '../../../../../targets/target.ts';
import { identify } from '../../../arena/process-identity.ts';
import { eventually } from '../../eventually.ts';
import type { FaultContext, FaultKind, Injection, Verification } from '../../fault.ts';
import { kernelState, probeAnswer } from './node-probes.ts';
import { checkNodeSettings, chooseNodes, type NodeSettings, nodeSettings, nodesText } from './node-victims.ts';

interface PausedNode {
  readonly node: DeployedNode;
  readonly osPid: number;
  /** Crosses it out of the journal. */
  readonly done: () => void;
}

const STOPPED = 'T';
/** A node that runs answers sooner; under load, maybe later: then the kernel's word decides. */
const SILENCE_MS = 200;
const ANSWERS_WITHIN_MS = 10_000;

export const pauseNode: FaultKind<NodeSettings, readonly PausedNode[]> = {
  kind: 'pause-node',
  summary: 'SIGSTOP the OS process of one or more nodes for `for`: it exists but does not answer',
  needs: ['pause-node'],
  requires: ['procfs'],
  presence: 'silent',
  heals: 'SIGCONT after `for`',
  duration: 'optional',
  settings: nodeSettings,
  check: checkNodeSettings,

  async inject(settings, context): Promise<Injection<readonly PausedNode[]>> {
    const nodes = chooseNodes(settings, context);
    const handle = nodes.map((node) => ({ node, osPid: node.osPid ?? 0, done: writtenDown(node, context) }));
    const injectedAtUs = context.nowUs();
    await Promise.all(nodes.map((node) => node.pause()));
    return { target: nodesText(nodes), injectedAtUs, affected: 'everybody', handle };
  },

  async verify({ handle }): Promise<Verification> {
    const each = await Promise.all(
      handle.map(async ({ node, osPid }) => {
        const answer = await probeAnswer(node.endpoint, SILENCE_MS);
        return { node, answer, state: await kernelState(osPid) };
      }),
    );
    return {
      verified: each.every(({ state, answer }) => state === STOPPED && (answer === 'silent' || answer === 'not accepted')),
      evidence: each.flatMap(({ node, state, answer }) => [
        `asked for SIGSTOP of ${node.name}; the kernel's state of it is ${state ?? 'GONE'}${state === STOPPED ? ', stopped' : ''}`,
        `a question to its port within ${SILENCE_MS} ms: ${answer}`,
      ]),
    };
  },

  async undo({ handle, injectedAtUs }, { nowUs }): Promise<Verification> {
    const each = await Promise.all(handle.map((paused) => letGoOn(paused, () => (nowUs() - injectedAtUs) / 1000)));
    return { verified: each.every(({ verified }) => verified), evidence: each.flatMap(({ evidence }) => evidence) };
  },
};

/** A stopped process does not notice that the harness is gone, so heal must know of it. */
function writtenDown({ name, osPid }: DeployedNode, { journal }: FaultContext): () => void {
  const process = osPid === null ? null : identify(osPid);
  return process === null ? () => undefined : journal.record({ kind: 'paused', what: `node ${name}`, process });
}

async function letGoOn({ node, osPid, done }: PausedNode, sinceMs: () => number): Promise<Verification> {
  if (node.osPid !== osPid) {
    done();
    return { verified: true, evidence: [`${node.name} was ended by another fault while it was stopped`] };
  }
  await node.resume();
  done();
  const stoppedMs = sinceMs();
  const answer = await eventually(
    () => probeAnswer(node.endpoint, ANSWERS_WITHIN_MS),
    (heard) => heard === 'answered',
    ANSWERS_WITHIN_MS,
  );
  const state = await kernelState(osPid);
  return {
    verified: answer === 'answered' && state !== null && state !== STOPPED,
    evidence: [
      `SIGCONT for ${node.name} after ${stoppedMs.toFixed(0)} ms; the kernel's state of it is ${state ?? 'GONE'}; a question to its port: ${answer}`,
    ],
  };
}
