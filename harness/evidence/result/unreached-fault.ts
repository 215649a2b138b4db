/** A fault whose time never came: the run was interrupted or aborted before it. It is another thing than a fault that found nothing to strike. */
import { formatMs } from './format.ts';
import type { Result } from './result.ts';

type Fault = Result['faults'][number];

/** The evidence of such a fault, and of no other. */
export const RUN_ENDED_FIRST = 'not injected: the run was ended early';

export function isUnreached({ injectedAtMs, evidence }: Pick<Fault, 'injectedAtMs' | 'evidence'>): boolean {
  return injectedAtMs === null && evidence.includes(RUN_ENDED_FIRST);
}

/** `the run ended before the fault kill-node-1, which was due after 10.0 s`; null if the run reached all faults. */
export function unreachedText(faults: readonly { readonly id: string; readonly atMs: number }[], of: number): string | null {
  const [first] = faults.toSorted((a, b) => a.atMs - b.atMs);
  if (first === undefined) return null;
  const due = `due after ${formatMs(first.atMs)}`;
  if (of === 1) return `the run ended before the fault ${first.id}, which was ${due}`;
  const which = faults.length === of ? `all ${of} faults` : `${faults.length} of ${of} faults`;
  return `the run ended before ${which}, the first being ${first.id}, ${due}`;
}
