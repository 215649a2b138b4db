/** A CPU profile in the form that clinic flame reads: a list of frames for each sample, the outermost first. Pure. */
import type { CallFrame, CpuProfile } from './call-tree.ts';
import { pathOf } from './place.ts';

export interface Tick {
  readonly name: string;
  readonly type: 'JS' | 'CPP';
}

/** More samples than this are thinned evenly: its page holds them all in memory. */
const MAX_TICKS = 60_000;

export function flameTicks({ nodes, samples }: CpuProfile): readonly (readonly Tick[])[] {
  const stacks = new Map<number, readonly Tick[]>();
  const idle = new Set<number>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const visit = (id: number, above: readonly Tick[]): void => {
    const node = byId.get(id);
    if (node === undefined) return;
    if (node.callFrame.functionName === '(idle)') idle.add(id);
    const stack = node.callFrame.functionName === '(root)' ? above : [...above, tickOf(node.callFrame)];
    stacks.set(id, stack);
    for (const child of node.children ?? []) visit(child, stack);
  };
  if (nodes[0] !== undefined) visit(nodes[0].id, []);
  const step = Math.max(1, Math.ceil(samples.length / MAX_TICKS));
  return samples.filter((id, index) => index % step === 0 && !idle.has(id)).map((id) => stacks.get(id) ?? []);
}

/** clinic knows files of JavaScript by their names, and takes TypeScript for the engine's own. */
function tickOf({ functionName, url, lineNumber, columnNumber }: CallFrame): Tick {
  if (url === '') return { name: functionName === '' ? '(anonymous)' : functionName, type: 'CPP' };
  const path = pathOf(url).replace(/\.([cm]?)ts$/, '.$1ts.js');
  const name = functionName === '' ? '(anonymous)' : functionName.replace(/\s+/g, ' ');
  return { name: `${name} ${path}:${lineNumber + 1}:${columnNumber + 1}`, type: 'JS' };
}
