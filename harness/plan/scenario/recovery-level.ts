/** `recovery: { level: p99 < 50ms }`: the level of service that counts as recovered, as a scenario writes it. Pure. */
import type { Plan } from './plan.ts';
import { parseDurationMs } from './units.ts';

export type ParsedLevel =
  | { readonly ok: true; readonly level: NonNullable<Plan['recoveryLevel']> }
  | { readonly ok: false; readonly message: string };

const WRITTEN = /^p(?<percentile>\d{1,2}(?:\.\d{1,2})?)\s*<\s*(?<limit>.+)$/;
const LOWEST_PERCENTILE = 50;
const REMEDY = 'a percentile from p50 to p99.99 and a limit, like p99 < 50ms';

export function parseLevel(written: string): ParsedLevel {
  const { percentile = '', limit = '' } = WRITTEN.exec(written.trim())?.groups ?? {};
  const share = Number(percentile) / 100;
  if (percentile === '' || Number(percentile) < LOWEST_PERCENTILE) return { ok: false, message: REMEDY };
  const within = parseDurationMs(limit);
  if (!within.ok) return { ok: false, message: within.message };
  if (within.value <= 0) return { ok: false, message: `a limit above 0; ${REMEDY}` };
  return { ok: true, level: { share, us: within.value * 1000, source: written.trim() } };
}
