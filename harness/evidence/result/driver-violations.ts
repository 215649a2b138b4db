/** Rules that a run's own driver broke; also of a Result that was put together by hand and says nothing of them. */
import type { Result } from './result.ts';

export function driverViolations({ load }: Pick<Result, 'load'>): Result['load']['driverViolations'] {
  return (load as Partial<Result['load']>).driverViolations ?? [];
}
