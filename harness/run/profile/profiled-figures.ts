/** Figures of a profiled run are the server's and the profiler's together: neither a history nor a limit takes them. Pure. */
import type { Result } from '../../evidence/result/result.ts';

/** Why the figures are not the server's own; null where nobody looked into it. */
export function profiledFigures({ profiledWith }: Pick<Result, 'profiledWith'>): string | null {
  if (profiledWith === undefined) return null;
  return `the run was profiled (${profiledWith}), so its figures hold what that cost as well`;
}
