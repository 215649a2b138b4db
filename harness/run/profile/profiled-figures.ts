/** Figures of a profiled run describe the server and the profiler together: neither a history nor a limit accepts them. Pure. */
import type { Result } from '../../evidence/result/result.ts';

/** Why the figures do not describe the server alone; null if nobody profiled it. */
export function profiledFigures({ profiledWith }: Pick<Result, 'profiledWith'>): string | null {
  if (profiledWith === undefined) return null;
  return `the run was profiled (${profiledWith}), so its figures include the cost of the profiler`;
}
