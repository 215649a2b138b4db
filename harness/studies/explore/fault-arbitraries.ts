/**
 * How an exploration draws the faults of each kind: plain descriptions, which schedule-arbitrary.ts turns into arbitraries and
 * simpler-schedule.ts into simplifications. A kind that is not listed here is not drawn; README.md says which, and why.
 */

import type { FaultPlan } from '../../plan/scenario/plan.ts';
import type { FaultBounds } from '../../run/faults/fault.ts';

/**
 * The values of one setting, as a scenario writes them: a list, the simplest first, or whole numbers, of which the lowest is the simplest.
 */
export type Choice = { readonly oneOf: readonly unknown[] } | { readonly from: number; readonly to: number };

export interface FaultRecipe {
  readonly kind: string;
  /** How often it is drawn, relative to the weights of the others. */
  readonly weight: number;
  /** With fewer nodes than this it would not be a schedule but an outage. */
  readonly minNodes: number;
  /** At most once in a schedule. */
  readonly once: boolean;
  /** Shortest and longest `for`, milliseconds; null if it has none. */
  readonly forMs: readonly [shortest: number, longest: number] | null;
  settings(bounds: FaultBounds): Readonly<Record<string, Choice>>;
}

const nodeNames = ({ nodes }: FaultBounds): readonly string[] => Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
const targetNode = (bounds: FaultBounds): { readonly target: Choice } => ({ target: { oneOf: nodeNames(bounds) } });
const whichNode = (bounds: FaultBounds): { readonly node: Choice } => ({ node: { oneOf: nodeNames(bounds) } });
/** There is a path between nodes only if there are two of them. */
const whichPaths = ({ nodes }: FaultBounds): { readonly links: Choice } => ({
  links: { oneOf: nodes > 1 ? ['clients', 'mesh', 'all'] : ['clients'] },
});

const someUsers = ({ users }: FaultBounds): Readonly<Record<string, Choice>> => ({
  count: { from: 1, to: Math.max(1, Math.floor(users / 4)) },
});

const plain = { weight: 1, minNodes: 1, once: false, forMs: null } as const;

export const faultRecipes: readonly FaultRecipe[] = [
  {
    ...plain,
    kind: 'kill-process',
    weight: 4,
    settings: someUsers,
  },
  { ...plain, kind: 'kill-node', weight: 4, forMs: [50, 800], settings: targetNode },
  // Other nodes must remain to take over: one of them, whatever else is drawn, comes back by itself.
  { ...plain, kind: 'node-never-returns', minNodes: 2, once: true, settings: targetNode },
  { ...plain, kind: 'pause-node', weight: 3, forMs: [100, 1_000], settings: targetNode },
  // A round takes a second for each node.
  { ...plain, kind: 'rolling-restart', once: true, settings: () => ({}) },
  {
    ...plain,
    kind: 'kill-supervisor',
    weight: 2,
    settings: (bounds) => ({ supervisor: { oneOf: ['session', 'presence', 'gateway'] }, ...targetNode(bounds) }),
  },
  {
    ...plain,
    kind: 'partition',
    weight: 4,
    minNodes: 2,
    forMs: [100, 1_200],
    settings: (bounds) => ({
      ...whichNode(bounds),
      direction: { oneOf: ['both', 'from', 'to'] },
      clients: { oneOf: [false, true] },
    }),
  },
  {
    ...plain,
    kind: 'latency',
    forMs: [100, 1_000],
    settings: (bounds) => ({ delay: { oneOf: ['5ms', '50ms', '250ms'] }, ...whichPaths(bounds) }),
  },
  {
    ...plain,
    kind: 'bandwidth',
    forMs: [100, 1_000],
    settings: (bounds) => ({ rate: { oneOf: ['100KB/s', '20KB/s'] }, ...whichPaths(bounds) }),
  },
  { ...plain, kind: 'reset-connections', weight: 2, settings: someUsers },
  { ...plain, kind: 'half-open', weight: 2, settings: someUsers },
  { ...plain, kind: 'reconnect-storm', forMs: [50, 800], settings: someUsers },
  { ...plain, kind: 'slow-consumer', forMs: [100, 1_000], settings: someUsers },
  {
    ...plain,
    kind: 'packet-loss',
    forMs: [100, 1_000],
    settings: (bounds) => ({ loss: { oneOf: ['5%', '40%'] }, ...whichPaths(bounds) }),
  },
  // Each blocks a node for 60 ms: more than one at once would be a load test of the watchdog.
  { ...plain, kind: 'runaway-process', settings: () => ({}) },
  { ...plain, kind: 'crash-loop', settings: (bounds) => ({ target: { oneOf: ['presence'] }, ...whichNode(bounds) }) },
];

/** A fault for each value of each setting: together they act wherever any fault of these recipes can. */
export function possibleFaults(recipes: readonly FaultRecipe[], bounds: FaultBounds): readonly FaultPlan[] {
  return recipes.flatMap((recipe) => {
    const choices = Object.entries(recipe.settings(bounds));
    const simplest = Object.fromEntries(choices.map(([key, choice]) => [key, valuesOf(choice)[0]]));
    const settings = [
      simplest,
      ...choices.flatMap(([key, choice]) => valuesOf(choice).map((value) => ({ ...simplest, [key]: value }))),
    ];
    return settings.map((each, index) => ({
      id: `${recipe.kind}-${index + 1}`,
      kind: recipe.kind,
      atMs: 0,
      forMs: recipe.forMs === null ? null : recipe.forMs[0],
      settings: each,
    }));
  });
}

function valuesOf(choice: Choice): readonly unknown[] {
  return 'oneOf' in choice ? choice.oneOf : [choice.from, choice.to];
}
