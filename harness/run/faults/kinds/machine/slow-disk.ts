/**
 * slow-disk: a node's store answers later than its disk would allow, as on a disk that is worn out or shared. Verified from outside, by the
 * time that the node takes to acknowledge a message before, during and after.
 */
import type { z } from 'zod';
import type { DeployedNode } from '../../../../../targets/target.ts';
import { durationMs } from '../../../../plan/scenario/units.ts';
import { eventually } from '../../eventually.ts';
import { chaosOf, type FaultContext, type FaultKind, type Injection, type Verification } from '../../fault.ts';
import { acknowledgementMs } from '../../machine/acknowledgement-probe.ts';
import { written } from '../../written.ts';
import { checkNodeSettings, chooseNodes, nodeSettings, nodesText } from '../node/node-victims.ts';

const longer = durationMs({ min: 10, max: 60_000, words: '10ms to 60s' });

const settings = nodeSettings.extend({
  delay: written(longer).meta({ description: 'how much longer each disk operation takes' }),
});
type Settings = z.infer<typeof settings>;

interface Handle {
  readonly nodes: readonly DeployedNode[];
  readonly delayMs: number;
  /** By node; null if none was measured. */
  readonly before: readonly (number | null)[];
}

const FAST_AGAIN_WITHIN_MS = 10_000;

export const slowDisk: FaultKind<Settings, Handle> = {
  kind: 'slow-disk',
  summary: "a node's disk takes longer for every operation",
  needs: ['slow-disk'],
  heals: 'the disk is as fast as before after `for`',
  duration: 'optional',
  settings,
  check: checkNodeSettings,

  async inject(given, context) {
    const nodes = chooseNodes(given, context);
    const delayMs = longer.parse(given.delay);
    const before = await measured(nodes, context);
    const injectedAtUs = context.nowUs();
    await slow(nodes, delayMs, context);
    return { target: nodesText(nodes), injectedAtUs, affected: 'everybody', handle: { nodes, delayMs, before } };
  },

  async verify({ handle }: Injection<Handle>, context): Promise<Verification> {
    const during = await measured(handle.nodes, context);
    return {
      // Whatever else is slow: with such a late disk, no acknowledgement can come earlier.
      verified: during.every((tookMs) => tookMs !== null && tookMs >= handle.delayMs),
      evidence: handle.nodes.map(
        ({ name }, index) =>
          `asked ${name} for ${handle.delayMs} ms more; a message is acknowledged after ${text(during[index])}, before after ${text(handle.before[index])}`,
      ),
    };
  },

  async undo({ handle }: Injection<Handle>, context): Promise<Verification> {
    // A node that died in the meantime came back with an unmodified disk.
    const alive = handle.nodes.filter(({ state }) => state === 'ready');
    await slow(alive, 0, context);
    // What the disk held back is processed first, and the machine may be slow for other reasons: once is enough.
    const isFast = (tookMs: number | null): boolean => tookMs !== null && tookMs < handle.delayMs;
    const after = await eventually(
      () => measured(alive, context),
      (each) => each.every(isFast),
      FAST_AGAIN_WITHIN_MS,
    );
    return {
      verified: after.every(isFast),
      evidence: alive.map(({ name }, index) => `${name} acknowledges a message after ${text(after[index])}`),
    };
  },
};

async function slow(nodes: readonly DeployedNode[], delayMs: number, context: FaultContext): Promise<void> {
  await Promise.all(nodes.map(({ name }) => chaosOf(context).slowDisk(delayMs, name)));
}

function measured(nodes: readonly DeployedNode[], { deployment, driver }: FaultContext): Promise<(number | null)[]> {
  return Promise.all(nodes.map((node) => acknowledgementMs(node, deployment, driver)));
}

function text(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? 'no measurable time' : `${ms.toFixed(1)} ms`;
}
