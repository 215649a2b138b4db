/**
 * packet-loss: the kernel drops a share of the packets between addresses. TCP retransmits them, which takes at least 200 ms the first time
 * and shows as latency. Only in an arena, whose packet filter belongs to nobody else.
 */
import { z } from 'zod';
import { share } from '../../../../plan/scenario/units.ts';
import { presentArena } from '../../../arena/inside.ts';
import { type FaultContext, type FaultKind, ImpossibleFault } from '../../fault.ts';
import { datagramsArrived } from '../../network/loss-probe.ts';
import { USERS } from '../../network/network.ts';
import { checkPaths, nodeSetting, pathKinds, pathsSetting } from '../../network/network-settings.ts';
import { dropShare, type Leg, type NftTable, nftTables } from '../../network/nft.ts';
import { chooseNode } from '../node/node-victims.ts';

const settings = z.strictObject({
  loss: share({ min: 0.005, max: 0.9, words: '0.5% to 90%' }).meta({ description: 'of the packets, each way' }),
  links: pathsSetting,
  node: nodeSetting,
});
type Settings = z.infer<typeof settings>;

interface Handle {
  readonly loss: number;
  readonly legs: readonly ProbedLeg[];
  readonly table: NftTable;
  /** Share lost before, by other faults. */
  readonly before: number;
}

/** A leg of the rules, and an address of each end to measure between. */
interface ProbedLeg extends Leg {
  readonly probeFrom: string;
  readonly probeTo: string;
}

/** Where the load's users come from, and one of these addresses that no user has. */
const USERS_BLOCK = '127.64.0.0/10';
const USERS_PROBE = '127.127.255.1';
/** Losses that the probe ought to see, over all legs: their number varies by a tenth of that. */
const EXPECTED_LOSSES = 100;
const MIN_DATAGRAMS = 100;
const MAX_PROBED_LEGS = 12;
/** One true loss in a million is mistaken for another. */
const DEVIATIONS = 5;

export const packetLoss: FaultKind<Settings, Handle> = {
  kind: 'packet-loss',
  summary: 'drop a share of the packets on network paths, in the kernel',
  requires: ['arena', 'nft'],
  heals: 'after `for`, when its rules are removed',
  duration: 'optional',
  settings,
  check: checkPaths,

  async inject(wanted, context) {
    if (presentArena() === null) throw new Error('packets can only be dropped in an arena: leave out --no-arena');
    const legs = chooseLegs(wanted, context);
    const before = await measuredLoss(legs, wanted.loss);
    const injectedAtUs = context.nowUs();
    const table = await dropShare(wanted.loss, legs);
    return {
      target: `packets on ${legs.length} ways between ${wanted.links === 'clients' ? 'users and nodes' : wanted.links === 'mesh' ? 'nodes' : 'nodes, and between users and nodes'}`,
      injectedAtUs,
      affected: 'everybody',
      handle: { loss: wanted.loss, legs, table, before },
    };
  },

  async verify({ handle: { loss, legs, before } }) {
    const measured = await measuredLoss(legs, loss);
    // Two filters in a row: what the first lets through meets the second.
    const expected = 1 - (1 - loss) * (1 - before);
    const sent = datagramsALeg(loss, legs.length) * Math.min(legs.length, MAX_PROBED_LEGS);
    const allowed = DEVIATIONS * Math.sqrt((expected * (1 - expected)) / sent);
    return {
      verified: Math.abs(measured - expected) <= allowed && measured > before,
      evidence: [
        `asked for ${percent(loss)} of the packets on ${legs.map(({ probeFrom, probeTo }) => `${probeFrom} → ${probeTo}`).join(', ')}`,
        `of ${sent} datagrams ${percent(measured)} were lost; before, ${percent(before)}`,
      ],
    };
  },

  async undo({ handle: { loss, legs, table, before } }) {
    await table.remove();
    const left = await measuredLoss(legs, loss);
    const gone = !(await nftTables()).includes(table.name);
    return {
      // Another fault may still drop packets, and may have begun to since.
      verified: gone && left < Math.max(before, loss / 2) + loss / 4,
      evidence: [`removed; the filter ${gone ? 'is gone' : 'IS STILL THERE'}; ${percent(left)} of the datagrams were lost`],
    };
  },
};

/** @throws ImpossibleFault if there is no such path. */
function chooseLegs(wanted: Settings, context: FaultContext): readonly ProbedLeg[] {
  const kinds = pathKinds(wanted);
  const only = wanted.node === undefined ? null : chooseNode(wanted.node, context).name;
  const { nodes } = context.deployment;
  const ways = nodes.flatMap((node, index): ProbedLeg[] => {
    const { host } = node.endpoint;
    const users = kinds.includes('clients')
      ? bothWays({ from: USERS_BLOCK, probeFrom: USERS_PROBE, ...end(context.network?.via(USERS, node.name)?.host ?? host) })
      : [];
    const peers = kinds.includes('mesh') ? nodes.slice(index + 1) : [];
    return [
      ...(only === null || only === node.name ? users : []),
      ...peers
        .filter((peer) => only === null || only === node.name || only === peer.name)
        .flatMap((peer) => {
          const [dialler, listener] = node.name < peer.name ? [node, peer] : [peer, node];
          // Behind a proxy, the way from the dialler to the proxy is the one that counts.
          const far = context.network?.via(dialler.name, listener.name)?.host ?? listener.endpoint.host;
          return bothWays({ from: dialler.endpoint.host, probeFrom: dialler.endpoint.host, ...end(far) });
        }),
    ];
  });
  if (ways.length === 0) throw new ImpossibleFault('there is no such link');
  return ways;
}

function end(host: string): Pick<ProbedLeg, 'to' | 'probeTo'> {
  return { to: host, probeTo: host };
}

function bothWays(way: ProbedLeg): readonly ProbedLeg[] {
  return [way, { from: way.to, to: way.from, probeFrom: way.probeTo, probeTo: way.probeFrom }];
}

function datagramsALeg(loss: number, legs: number): number {
  return Math.max(MIN_DATAGRAMS, Math.ceil(EXPECTED_LOSSES / loss / Math.min(legs, MAX_PROBED_LEGS)));
}

async function measuredLoss(legs: readonly ProbedLeg[], loss: number): Promise<number> {
  const count = datagramsALeg(loss, legs.length);
  const probed = legs.slice(0, MAX_PROBED_LEGS);
  let arrived = 0;
  for (const { probeFrom, probeTo } of probed) arrived += await datagramsArrived(probeFrom, probeTo, count);
  return 1 - arrived / (count * probed.length);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
