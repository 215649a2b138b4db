/**
 * A call tree folded for a report: calls of one function by one path are merged, the small branches of a call are combined, and the
 * functions with the most weight of their own are listed. Pure.
 */
import type { Stacks } from '../../evidence/result/profile.ts';
import type { CallNode } from './call-tree.ts';
import { placeOf } from './place.ts';

/** How many calls of the tree are kept: those with the most weight. */
const MAX_CALLS = 1_500;
/** A call with less than this share of everything could not be seen in a drawing. */
const MIN_SHARE = 0.0005;
const HOTTEST = 25;
/** The engine's word for having nothing to do. */
const IDLE = '(idle)';
/** What stands for the calls of one caller that were too small. */
const SMALL = '(smaller ones)';

export interface Folding extends Pick<Stacks, 'unit' | 'samples'> {
  /** The project's folder, without its slash: places are relative to it. */
  readonly root: string;
}

interface Call {
  readonly fn: number;
  own: number;
  total: number;
  readonly callees: Map<number, Call>;
}

/** `tree` is the engine's root, which is no function; idle time is apart. */
export function foldedStacks(tree: CallNode, { unit, samples, root }: Folding): Stacks {
  const names = new FunctionNames(root);
  const idle = tree.children.filter(({ frame }) => frame.functionName === IDLE).reduce((sum, { own }) => sum + own, 0);
  const top: Call = { fn: -1, own: 0, total: 0, callees: new Map() };
  for (const child of tree.children) if (child.frame.functionName !== IDLE) top.total += fold(child, top, names);
  return {
    unit,
    samples,
    total: top.total,
    idle,
    tree: [...rowsOf(top, names.of(SMALL, ''))],
    hottest: hottest(top),
    functions: names.list,
  };
}

class FunctionNames {
  readonly list: Stacks['functions'] = [];
  readonly #root: string;
  readonly #indices = new Map<string, number>();

  constructor(root: string) {
    this.#root = root;
  }

  ofCall({ frame }: CallNode): number {
    return this.of(frame.functionName === '' ? '(anonymous)' : frame.functionName, placeOf(frame, this.#root));
  }

  of(name: string, place: string): number {
    const key = `${name}\n${place}`;
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.list.push({ name, place }) - 1;
      this.#indices.set(key, index);
    }
    return index;
  }
}

/** Adds a call and all below it to its caller; returns the weight of it all. */
function fold(node: CallNode, caller: Call, names: FunctionNames): number {
  const fn = names.ofCall(node);
  let call = caller.callees.get(fn);
  if (call === undefined) {
    call = { fn, own: 0, total: 0, callees: new Map() };
    caller.callees.set(fn, call);
  }
  const into = call;
  const total = node.children.reduce((sum, child) => sum + fold(child, into, names), node.own);
  into.own += node.own;
  into.total += total;
  return total;
}

function* everyCall(call: Call): Generator<Call> {
  yield call;
  for (const callee of call.callees.values()) yield* everyCall(callee);
}

/** Rows of the tree, callers first and the heavier callee first. */
function* rowsOf(top: Call, small: number): Generator<Stacks['tree'][number]> {
  const totals = [...everyCall(top)].map(({ total }) => total).sort((a, b) => b - a);
  const least = Math.max(top.total * MIN_SHARE, totals[MAX_CALLS] ?? 0, Number.MIN_VALUE);
  let row = -1;
  function* below(call: Call, parent: number): Generator<Stacks['tree'][number]> {
    let rest = 0;
    for (const callee of [...call.callees.values()].sort((a, b) => b.total - a.total)) {
      if (callee.total < least) {
        rest += callee.total;
        continue;
      }
      row += 1;
      yield [parent, callee.fn, callee.own];
      yield* below(callee, row);
    }
    if (rest === 0) return;
    row += 1;
    yield [parent, small, rest];
  }
  yield* below(top, -1);
}

/** By own weight; a function that calls itself has what it called once. */
function hottest(top: Call): Stacks['hottest'] {
  const own = new Map<number, number>();
  const total = new Map<number, number>();
  const active = new Set<number>();
  const visit = (call: Call): void => {
    own.set(call.fn, (own.get(call.fn) ?? 0) + call.own);
    const outermost = !active.has(call.fn);
    if (outermost) {
      active.add(call.fn);
      total.set(call.fn, (total.get(call.fn) ?? 0) + call.total);
    }
    for (const callee of call.callees.values()) visit(callee);
    if (outermost) active.delete(call.fn);
  };
  for (const call of top.callees.values()) visit(call);
  return [...own]
    .filter(([, weight]) => weight > 0)
    .sort(([a, x], [b, y]) => y - x || a - b)
    .slice(0, HOTTEST)
    .map(([fn, weight]): Stacks['hottest'][number] => [fn, weight, total.get(fn) ?? 0]);
}
