/** Why a comparison or a gate cannot give an answer, known before anything is built or played. In words, each with its remedy. */
import { thisMachine } from '../../evidence/measure/environment.ts';
import { machineFingerprint } from '../../evidence/measure/fingerprint.ts';
import { type Asked, tooFewBlocks, tooLittleTime } from '../../studies/compare/reach.ts';
import { machineRefusal } from '../../studies/gate/hold-to-policy.ts';
import type { Policy } from '../../studies/gate/policy.ts';

export interface Intended {
  readonly asked: Asked;
  readonly policy: Policy;
  readonly budgetMs: number | null;
  /** The longest load of the sides; null if it cannot be told yet. */
  readonly loadMs: number | null;
  /** What a policy is called that has no file; empty if reasons should not mention it. */
  readonly namelessPolicy: string;
  /** What to do about too few blocks. */
  readonly moreBlocks: string;
}

export function beyondReach(intended: Intended): readonly string[] {
  const { asked, policy, moreBlocks } = intended;
  const here = machineFingerprint(thisMachine());
  const refusal = machineRefusal(policy, here, here);
  const few = tooFewBlocks(asked);
  return [
    ...(refusal === null ? [] : [`${placeOf(intended)}${refusal}`]),
    ...(few === null ? [] : [`${few}\n  ${moreBlocks}`]),
    ...shortOfTime(intended),
  ];
}

/** Why there is not enough time for an answer, in words; none if there is. */
export function shortOfTime(intended: Omit<Intended, 'moreBlocks'>): readonly string[] {
  const { asked, budgetMs, loadMs } = intended;
  const short = loadMs === null ? null : tooLittleTime(asked, budgetMs, loadMs);
  return short === null ? [] : [`${placeOf(intended)}${short}\n  set a larger budget, a shorter load, or fewer blocking metrics`];
}

function placeOf({ policy, namelessPolicy }: Pick<Intended, 'policy' | 'namelessPolicy'>): string {
  const place = policy.source ?? namelessPolicy;
  return place === '' ? '' : `${place}: `;
}
