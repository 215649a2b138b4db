/**
 * partition: nodes are cut off from each other. Nothing is refused and nothing is reset: bytes do not arrive, as when packets are dropped,
 * until the heal, when those of surviving connections arrive late.
 */
import { z } from 'zod';
import {
  type FaultBounds,
  type FaultContext,
  type FaultKind,
  ImpossibleFault,
  networkOf,
  type SettingProblem,
} from '../../fault.ts';
import { ImposedEffects, type ImposedPath } from '../../network/imposed-effects.ts';
import { conditionsOf, type Path, USERS } from '../../network/network.ts';
import { pathsText, pathText } from '../../network/network-settings.ts';
import { probeAnswer } from '../node/node-probes.ts';
import { checkNodeName, chooseNode } from '../node/node-victims.ts';

const DIRECTIONS = ['both', 'from', 'to'] as const;
const SIDES = 'two sides, each a list of nodes, like [[n1], [n2, n3]]';
const settings = z.strictObject({
  sides: z
    .array(z.array(z.string(), { error: () => SIDES }).min(1, SIDES), { error: () => SIDES })
    .length(2, SIDES)
    .optional()
    .meta({ description: 'who is cut off from whom; a node on neither side reaches both' }),
  node: z
    .string({ error: () => 'random, or the name of a node' })
    .optional()
    .meta({ description: 'instead of sides: cut one node (`random`, or by name) off from all others' }),
  direction: z
    .enum(DIRECTIONS, { error: () => `one of ${DIRECTIONS.join(', ')}` })
    .default('both')
    .meta({ description: 'what the first side, or the node, sends (`from`), what is sent to it (`to`), or `both`' }),
  clients: z
    .boolean({ error: () => 'true or false' })
    .default(false)
    .meta({ description: 'also cut off the users of the first side, or of the node' }),
});
type Settings = z.infer<typeof settings>;

/** A byte that did not come for this long was not merely slow. */
const SILENT_FOR_MS = 150;
const PASSES_WITHIN_MS = 10_000;

export const partition: FaultKind<Settings, ImposedEffects> = {
  kind: 'partition',
  summary: 'cut nodes off from each other: nothing arrives, nothing is refused, and what was in flight arrives late',
  needs: ['multi-node', 'partition'],
  paths: ({ clients }) => (clients ? ['mesh', 'clients'] : ['mesh']),
  heals: 'after `for`; bytes that were in flight arrive then',
  duration: 'optional',
  settings,
  check,

  async inject(wanted, context) {
    const { paths, target } = cut(wanted, context);
    if (paths.length === 0) throw new ImpossibleFault('there is no link between the two sides');
    const effects = await ImposedEffects.prepare(paths);
    const injectedAtUs = context.nowUs();
    effects.impose(() => ({ kind: 'hold' }));
    return { target, injectedAtUs, affected: 'everybody', handle: effects };
  },

  async verify({ handle }, { deployment, network }) {
    const { probed } = handle;
    const arrived = await Promise.all(probed.map(({ path, probe }) => probe.travelMs(path.direction, SILENT_FOR_MS)));
    const through = arrived.filter((ms) => ms !== null).length;
    // The port that users dial, beside the probe's own.
    const dialled = await Promise.all(
      deployment.nodes
        .filter(({ name }) => probed.some(({ path }) => path.from === USERS && path.to === name))
        .map(async (node) => ({
          node,
          heard: network === null ? 'silent' : await probeAnswer(network.entrance(node), SILENT_FOR_MS),
        })),
    );
    return {
      verified: probed.length > 0 && through === 0 && dialled.every(({ heard }) => heard === 'silent'),
      evidence: [
        `asked to cut ${handle.paths.map(({ path }) => pathText(path)).join(', ')}`,
        `a byte sent along each: ${through} of ${probed.length} arrived within ${SILENT_FOR_MS} ms`,
        ...dialled.map(({ node, heard }) => `a user that dials ${node.name}: ${heard}`),
      ],
    };
  },

  async undo({ handle }) {
    handle.lift();
    const open = handle.probed.filter(({ path }) => !isCut(path));
    const arrived = await Promise.all(open.map(passes));
    const through = arrived.filter(Boolean).length;
    const stillCut = handle.probed.length - open.length;
    handle.close();
    return {
      verified: handle.inForce === 0 && through === open.length,
      evidence: [
        `lifted; a byte sent along each: ${through} of ${open.length} arrived`,
        ...(stillCut === 0 ? [] : [`${stillCut} paths are also cut by another fault, and stay cut until that one is lifted`]),
      ],
    };
  },
};

function check({ sides, node }: Settings, bounds: FaultBounds): readonly SettingProblem[] {
  if (bounds.nodes < 2) {
    return [{ key: 'kind', message: 'one node cannot be cut off from others', remedy: 'target.nodes: 3' }];
  }
  if (sides !== undefined && node !== undefined) {
    return [{ key: 'node', message: 'and sides cannot both be given', remedy: 'sides or node, not both' }];
  }
  if (sides === undefined) return checkNodeName('node', node ?? 'random', bounds);
  const named = sides.flat();
  const twice = named.find((name, index) => named.indexOf(name) !== index);
  if (twice !== undefined) return [{ key: 'sides', message: `${twice} is on both sides, or twice on one`, remedy: SIDES }];
  // `random` has no meaning in a list.
  return named.flatMap((name) => checkNodeName('sides', name === 'random' ? 'random?' : name, bounds)).slice(0, 1);
}

/** Which paths, and what that is in words. */
function cut({ sides, node, direction, clients }: Settings, context: FaultContext): { paths: readonly Path[]; target: string } {
  const all = networkOf(context).paths(clients ? ['mesh', 'clients'] : ['mesh']);
  const first = new Set(sides?.[0] ?? [chooseNode(node ?? 'random', context).name]);
  const isSecond = (name: string): boolean =>
    name === USERS || (sides === undefined ? !first.has(name) : (sides[1] ?? []).includes(name));
  const paths = all.filter(
    ({ from, to }) =>
      (direction !== 'to' && first.has(from) && isSecond(to)) || (direction !== 'from' && first.has(to) && isSecond(from)),
  );
  const one = [...first].join(', ');
  const other = sides === undefined ? 'all others' : (sides[1] ?? []).join(', ');
  const arrow = { both: '|', from: '→', to: '←' }[direction];
  return { paths, target: `${one} ${arrow} ${other}${clients ? ' and its users' : ''} (${pathsText(paths)})` };
}

function isCut(path: Path): boolean {
  return conditionsOf(path).held;
}

/** Whether a byte gets through now; a connection that was never completed is completed only when both directions are open. */
async function passes({ path, probe }: ImposedPath): Promise<boolean> {
  if (probe === null) return false;
  if (!probe.opened && (path.proxy.forth.held || path.proxy.back.held)) return true;
  return (await probe.travelMs(path.direction, PASSES_WITHIN_MS)) !== null;
}
