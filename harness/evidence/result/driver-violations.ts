/** Rules that a custom driver broke; also for a Result that was put together by hand and does not mention them. */
import type { Result } from './result.ts';

export function driverViolations({ load }: Pick<Result, 'load'>): Result['load']['driverViolations'] {
  return (load as Partial<Result['load']>).driverViolations ?? [];
}
