/** What a gate concludes from a comparison. Pure. */
import type { Comparison } from '../../evidence/result/comparison.ts';

export type GateOutcome = 'pass' | 'fail' | 'inconclusive' | 'invalid';

/**
 * A message that the candidate lost is a failure, however noisy the machine was; otherwise a comparison that proved nothing decides
 * nothing; only then do margins and limits count.
 */
export function gateOutcome({
  valid,
  verdict,
  broken,
  checks,
}: Pick<Comparison, 'valid' | 'verdict' | 'broken' | 'checks'>): GateOutcome {
  if (broken.some(({ side }) => side === 'B')) return 'fail';
  if (!valid) return 'invalid';
  if (verdict === 'regressed' || checks.some(({ pass }) => !pass)) return 'fail';
  return verdict === 'equivalent' ? 'pass' : 'inconclusive';
}
