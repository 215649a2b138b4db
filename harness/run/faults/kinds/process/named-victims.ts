/** Processes that are known by a name, one on each node: kills some, and proves that each is back under another pid. */
import type { DeployedNode, KilledProcess } from '../../../../../targets/target.ts';
import { eventually } from '../../eventually.ts';
import { chaosOf, type FaultContext, ImpossibleFault, type Injection, type Verification } from '../../fault.ts';
import { chooseNodes, type NodeSettings } from '../node/node-victims.ts';

interface NamedVictim {
  readonly node: DeployedNode;
  /** Looked up before. */
  readonly pid: string;
  /** What the target reported about it; null if it did not kill it. */
  readonly killed: KilledProcess | null;
  /** Processes of the node, as it counted them before. */
  readonly processesBefore: number | null;
}

export interface NamedStruck {
  readonly name: string;
  readonly victims: readonly NamedVictim[];
}

const BACK_WITHIN_MS = 5_000;

/** Kills the process of this name on each chosen node. @throws ImpossibleFault if one of them has none. */
export async function killNamed(name: string, where: NodeSettings, context: FaultContext): Promise<Injection<NamedStruck>> {
  const chaos = chaosOf(context);
  const found = await Promise.all(
    chooseNodes(where, context).map(async (node) => {
      const pid = await chaos.namedProcess(name, node.name);
      if (pid === null) throw new ImpossibleFault(`${node.name} has no ${name} at the moment`);
      return { node, pid, processesBefore: (await node.introspect())?.processes ?? null };
    }),
  );
  const injectedAtUs = context.nowUs();
  const victims = await Promise.all(
    found.map(async (victim) => ({ ...victim, killed: await chaos.killNamed(name, victim.node.name) })),
  );
  const target = `${name} of ${victims.map(({ node }) => node.name).join(', ')}`;
  return { target, injectedAtUs, affected: 'everybody', handle: { name, victims } };
}

/** Looks each up again. A process that its supervisor restarted has another pid. */
export async function verifyNamed({ name, victims }: NamedStruck, context: FaultContext): Promise<Verification> {
  const chaos = chaosOf(context);
  const each = await Promise.all(
    victims.map(async ({ node, pid, killed, processesBefore }) => {
      const now = await eventually(
        () => chaos.namedProcess(name, node.name),
        (found) => found !== null && found !== pid,
        BACK_WITHIN_MS,
      );
      const processes = (await node.introspect())?.processes ?? null;
      const back = now !== null && now !== pid;
      const with_ = killed === null ? 'nothing' : `${killed.died} of the ${killed.below} processes below it`;
      return {
        ok: killed?.pid === pid && back,
        evidence: [
          `asked to kill ${name} of ${node.name}, ${pid}; the server killed ${killed?.pid ?? 'NOTHING'}, and with it ${with_}`,
          `${name} is ${back ? `back as ${now}` : now === null ? 'NOT BACK' : 'STILL THE SAME'}; the node had ${processesBefore ?? 'unknown'} processes and has ${processes ?? 'unknown'}`,
        ],
      };
    }),
  );
  return { verified: each.every(({ ok }) => ok), evidence: each.flatMap(({ evidence }) => evidence) };
}
