/** The ways to look on that are compared with not looking on, and the order in which a block plays them. Pure. */

import type { Random } from '../../../harness/evidence/stats/random.ts';
import type { PlayOptions } from '../../../harness/front/library/play-plan.ts';

/** "plain again" is plain: what it seems to cost is what the noise of the machine makes of nothing. */
export const ARMS = ['plain', 'plain again', 'prometheus', 'otlp', 'live', 'profile cpu', 'profile heap'] as const;
export type Arm = (typeof ARMS)[number];
export const LOOKING_ON = ARMS.slice(1) as Exclude<Arm, 'plain'>[];

/** What each is, for people. */
export const WHAT: Readonly<Record<Exclude<Arm, 'plain'>, string>> = {
  'plain again': 'none again, as a control',
  prometheus: '`--prometheus`, scraped once a second',
  otlp: '`--otlp`, pushed once a second to a receiver',
  live: '`--live`, with one page open',
  'profile cpu': '`profile --with cpu`',
  'profile heap': '`profile --with heap`',
};

/** Those that tell somebody outside the run: if nothing was told, their cost was not measured. */
export const TELLING: readonly Arm[] = ['prometheus', 'otlp', 'live'];

/** Of a run; `receiver` is where the OTLP receiver listens. */
export function optionsOf(arm: Arm, receiver: string): Pick<PlayOptions, 'prometheus' | 'otlp' | 'live' | 'profile'> {
  switch (arm) {
    case 'plain':
    case 'plain again':
      return {};
    case 'prometheus':
      return { prometheus: 0 };
    case 'otlp':
      return { otlp: receiver };
    case 'live':
      return { live: 0 };
    case 'profile cpu':
      return { profile: 'cpu' };
    case 'profile heap':
      return { profile: 'heap' };
  }
}

/** Every arm once, by chance, and then backwards: what drifts evenly over the block meets all of them alike. */
export function orderOf(random: Random): Arm[] {
  const there: Arm[] = [...ARMS];
  for (let last = there.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [there[last], there[other]] = [there[other] as Arm, there[last] as Arm];
  }
  return [...there, ...there.toReversed()];
}
