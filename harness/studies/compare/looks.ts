/** When a comparison examines its evidence, and how much error each look may spend. Pure. */
import { splitAlpha } from '../../evidence/stats/looks.ts';

/** Error rate of "regressed" for the whole comparison, over all blocking metrics and looks. A gate with false alarms gets switched off. */
export const ALPHA = 0.01;
/** Error rate of "equivalent" for a metric that is worse by the margin or more, over all looks. */
export const ALPHA_EQUIVALENT = 0.05;
/** Shares of the planned blocks; early looks are cheap because they get little error to spend. */
const AT = [1 / 2, 3 / 4, 1] as const;
const SHARES = [0.2, 0.3, 0.5] as const;
export const DEFAULT_BLOCKS = 24;
/** Up to the pairs of this many blocks, sign flips are counted exactly. */
export const MAX_BLOCKS = 50;

export interface Look extends LookErrors {
  readonly blocks: number;
  /** Those before it, whose errors are spent. */
  readonly earlier: readonly (LookErrors & { readonly blocks: number })[];
}

/** What a look may spend. */
interface LookErrors {
  readonly alpha: number;
  readonly alphaEquivalent: number;
}

/** Looks at a half, three quarters and all of the blocks: 12, 18 and 24. With fewer than four blocks there is one look. */
export function plannedLooks(blocks: number, alpha = ALPHA, alphaEquivalent = ALPHA_EQUIVALENT): readonly Look[] {
  if (blocks < 4) return [{ blocks, alpha, alphaEquivalent, earlier: [] }];
  const spent = splitAlpha(alpha, SHARES);
  const spentEquivalent = splitAlpha(alphaEquivalent, SHARES);
  const looks = AT.map((share, index) => ({
    blocks: Math.ceil(blocks * share),
    alpha: spent[index] as number,
    alphaEquivalent: spentEquivalent[index] as number,
  }));
  return looks.map((look, index) => ({ ...look, earlier: looks.slice(0, index) }));
}
