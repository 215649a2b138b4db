/** The first offenders of a run by name, and why sessions ended and messages were refused: what leads to the cause. Plain text. */
import { refusalsText, sessionsEndedText } from '../harness/evidence/result/drained.ts';
import type { Delivery, Result } from '../harness/evidence/result/result.ts';

export type Offender = Delivery['evidence'][number];

/** The first of each property, then the second of each, and so on: no property hides another. Each with what else is known of it. */
export function firstOffenders({ delivery }: Result, limit: number): readonly Offender[] {
  if (delivery === null) return [];
  const detailed = (delivery.offenders ?? []).map(({ property, message, detail }) => ({
    property,
    message: detail === '' ? message : `${message} (${detail})`,
  }));
  const byProperty = Map.groupBy(detailed.length === 0 ? delivery.evidence : detailed, ({ property }) => property);
  const lists = [...byProperty.values()];
  const longest = lists.reduce((most, list) => Math.max(most, list.length), 0);
  const turns = Array.from({ length: longest }, (_, turn) => lists.flatMap((list) => list.slice(turn, turn + 1)));
  return turns.flat().slice(0, limit);
}

/** Why messages were refused; null when none was, and in results from before it was counted. */
export function whyRefused({ delivery }: Result, shown?: number): string | null {
  return refusalsText(delivery?.refusals ?? [], shown);
}

/** Why sessions ended without their users' wish; null as above. */
export function whyEnded({ load }: Result, shown?: number): string | null {
  return sessionsEndedText(load.sessionsEnded ?? [], shown);
}
