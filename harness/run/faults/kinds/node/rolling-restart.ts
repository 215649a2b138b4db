/**
 * rolling-restart: every node in turn is asked to leave (SIGTERM), restarted and waited for, as an operator does for an upgrade. At most
 * one is down at a time. The injection is the whole round; it has healed when the last node is back.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { DeployedNode } from '../../../../../targets/target.ts';
import { durationMs } from '../../../../plan/scenario/units.ts';
import { eventually } from '../../eventually.ts';
import { type FaultContext, type FaultKind, ImpossibleFault, type Injection, type Verification } from '../../fault.ts';
import { watchPorts } from '../client/port-watch.ts';
import { probeAnswer, processExists } from './node-probes.ts';
import { nodesText } from './node-victims.ts';
import { type FormerNode, startAgain } from './start-again.ts';

const MAX_PAUSE_MS = 600_000;

const settings = z.strictObject({
  pause: durationMs({ max: MAX_PAUSE_MS, words: 'at most 10m' })
    .default(0)
    .meta({ description: 'time between the return of one node and the departure of the next' }),
});
type Settings = z.infer<typeof settings>;

interface Handle {
  /** Those that were restarted, in order. */
  readonly rolled: readonly FormerNode[];
  /** Nodes that were not up when their turn came, with their state. */
  readonly skipped: readonly string[];
  /** Nodes whose ports refused at the same moment. */
  readonly togetherDown: readonly (readonly string[])[];
  readonly probes: number;
  /** The run ended before every node's turn: what was done is proven, and no more was expected. */
  readonly interrupted: boolean;
}

const ANSWERS_WITHIN_MS = 10_000;

export const rollingRestart: FaultKind<Settings, Handle> = {
  kind: 'rolling-restart',
  summary: 'ask each node in turn to leave, and restart it, so that one is down at a time',
  needs: ['rolling-restart'],
  heals: 'with the round: each node is restarted as soon as it has ended',
  duration: 'none',
  settings,

  async inject({ pause: pauseMs }, context): Promise<Injection<Handle>> {
    const nodes = context.deployment.nodes.filter(({ state }) => state === 'ready');
    if (nodes.length === 0) throw new ImpossibleFault('no node is up');
    const injectedAtUs = context.nowUs();
    const watch = watchPorts(nodes);
    try {
      const { rolled, skipped, interrupted } = await roll(nodes, pauseMs, context);
      if (rolled.length === 0) throw new ImpossibleFault(`no node was up when its turn came: ${skipped.join('; ')}`);
      const { togetherDown, probes } = await watch.stop();
      const handle = { rolled, skipped, togetherDown, probes, interrupted };
      return { target: nodesText(nodes), injectedAtUs, affected: 'everybody', handle };
    } finally {
      await watch.stop();
    }
  },

  verify: ({ handle }) => Promise.resolve(verifyRound(handle)),

  async undo({ handle: { rolled } }): Promise<Verification> {
    const each = await Promise.all(
      rolled.map(async ({ node }) => {
        const answer = await eventually(
          () => probeAnswer(node.endpoint, ANSWERS_WITHIN_MS),
          (heard) => heard === 'answered' || node.state !== 'ready',
          ANSWERS_WITHIN_MS,
        );
        return { ok: answer === 'answered' || node.state !== 'ready', text: `${node.name}: ${node.state}, ${answer}` };
      }),
    );
    return {
      verified: each.every(({ ok }) => ok),
      evidence: [`a question to each port after the round: ${each.map(({ text }) => text).join('; ')}`],
    };
  },
};

async function roll(
  nodes: readonly DeployedNode[],
  pauseMs: number,
  { signal }: FaultContext,
): Promise<Pick<Handle, 'rolled' | 'skipped' | 'interrupted'>> {
  const rolled: FormerNode[] = [];
  const skipped: string[] = [];
  for (const node of nodes) {
    if (rolled.length > 0) await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return { rolled, skipped, interrupted: true };
    const { osPid, incarnation, state } = node;
    if (state !== 'ready' || osPid === null) {
      skipped.push(`${node.name} was ${state}`);
      continue;
    }
    await node.leave();
    rolled.push({ node, osPid, incarnation });
    await startAgain({ node, osPid, incarnation });
  }
  return { rolled, skipped, interrupted: false };
}

function verifyRound({ rolled, skipped, togetherDown, probes, interrupted }: Handle): Verification {
  const each = rolled.map(({ node, osPid, incarnation }) => ({
    node,
    renewed: !processExists(osPid) && node.osPid !== osPid && node.incarnation > incarnation,
    text: `${node.name} process ${osPid} is now ${node.osPid ?? 'none'}, incarnation ${incarnation} is now ${node.incarnation}`,
    /** Another fault took it down as well; that it was down together with a second node was not caused by the round. */
    hitByAnother: node.incarnation > incarnation + 1 || node.state !== 'ready',
  }));
  const excused = new Set(each.filter(({ hitByAnother }) => hitByAnother).map(({ node }) => node.name));
  for (const text of skipped) excused.add(text.split(' ')[0] as string);
  const atOnce = Math.max(1, ...togetherDown.map((names) => names.filter((name) => !excused.has(name)).length));
  return {
    verified: each.every(({ renewed }) => renewed) && atOnce === 1,
    evidence: [
      `asked ${rolled.length} ${rolled.length === 1 ? 'node' : 'nodes'} to leave in turn and started them again${interrupted ? ' until the run was ended' : ''}: ${each.map(({ text }) => text).join('; ')}`,
      ...(skipped.length === 0 ? [] : [`not restarted, because another fault affected them: ${skipped.join('; ')}`]),
      `in ${probes} probes of all ports, at most ${atOnce} refused at once`,
    ],
  };
}
