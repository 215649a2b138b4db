/** What the engine's profilers report, as one kind of tree: who called whom, and what each call path had of its own. Pure. */

/** A function as the DevTools protocol names it. */
export interface CallFrame {
  readonly functionName: string;
  /** `file:///...`, `node:...`, or empty for the engine's own. */
  readonly url: string;
  /** From 0; -1 for the engine's own. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

export interface CallNode {
  readonly frame: CallFrame;
  /** Microseconds, or bytes. */
  readonly own: number;
  readonly children: readonly CallNode[];
}

/** Profiler.Profile of the protocol. */
export interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame; readonly children?: readonly number[] }[];
  /** Microseconds on a clock of the engine's own. */
  readonly startTime: number;
  readonly endTime: number;
  /** Node ids, and before each the microseconds since the last one. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** HeapProfiler.SamplingHeapProfile of the protocol. */
export interface HeapProfile {
  readonly head: HeapNode;
  readonly samples: readonly unknown[];
}

interface HeapNode {
  readonly callFrame: CallFrame;
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

/** The root of a CPU profile; own is microseconds: a sample's path has the time until the next sample. */
export function cpuTree({ nodes, samples, timeDeltas, startTime, endTime }: CpuProfile): CallNode {
  const own = new Map<number, number>();
  let atUs = startTime;
  for (const [index, id] of samples.entries()) {
    atUs += timeDeltas[index] ?? 0;
    const untilNext = timeDeltas[index + 1] ?? endTime - atUs;
    own.set(id, (own.get(id) ?? 0) + Math.max(0, untilNext));
  }
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const build = (id: number): CallNode => {
    const node = byId.get(id) as CpuProfile['nodes'][number];
    return { frame: node.callFrame, own: own.get(id) ?? 0, children: (node.children ?? []).map(build) };
  };
  const [root] = nodes;
  return root === undefined ? EMPTY : build(root.id);
}

/** The root of a heap profile; own is bytes allocated. */
export function heapTree({ head }: HeapProfile): CallNode {
  const build = ({ callFrame, selfSize, children }: HeapNode): CallNode => ({
    frame: callFrame,
    own: selfSize,
    children: children.map(build),
  });
  return build(head);
}

const EMPTY: CallNode = { frame: { functionName: '(root)', url: '', lineNumber: -1, columnNumber: -1 }, own: 0, children: [] };
