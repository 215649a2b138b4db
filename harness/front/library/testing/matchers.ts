/** The matchers: judgements of a run or a comparison, with their evidence as the message. */
import type { Comparison } from '../../../evidence/result/comparison.ts';
import { COMPARISON_SCHEMA } from '../../../evidence/result/comparison.ts';
import { RESULT_SCHEMA, type Result } from '../../../evidence/result/result.ts';
import { isNoSlower, type Judgement, losesNoMessages, meets, recoversWithin, usesAtMostPerConnection } from './judgements.ts';

interface Verdict {
  readonly pass: boolean;
  message(): string;
}

interface MatcherState {
  readonly isNot?: boolean;
}

export const matchers = {
  toLoseNoMessages(this: MatcherState, received: unknown): Verdict {
    return verdict(this, received, losesNoMessages(resultOf(received)));
  },
  toMeet(this: MatcherState, received: unknown, conditions: Readonly<Record<string, string | number | boolean>>): Verdict {
    return verdict(this, received, meets(resultOf(received), conditions));
  },
  toRecoverWithin(this: MatcherState, received: unknown, within: string): Verdict {
    return verdict(this, received, recoversWithin(resultOf(received), within));
  },
  toUseAtMostPerConnection(this: MatcherState, received: unknown, limit: string): Verdict {
    return verdict(this, received, usesAtMostPerConnection(resultOf(received), limit));
  },
  toBeNoSlower(this: MatcherState, received: unknown, metric: string, options: { readonly margin?: string } = {}): Verdict {
    return verdict(this, received, isNoSlower(comparisonOf(received), metric, options.margin));
  },
};

function verdict({ isNot }: MatcherState, received: unknown, { pass, claim, evidence }: Judgement): Verdict {
  return {
    pass,
    message: () => [`expected ${isNot === true ? 'not ' : ''}to ${claim}`, ...evidence, ...placeOf(received)].join('\n  '),
  };
}

/** Accepts what arena.run, arena.drill and run return, or the document itself. */
function resultOf(received: unknown): Result {
  const document = memberOf(received, 'result') ?? received;
  if (memberOf(document, 'schema') === RESULT_SCHEMA) return document as Result;
  throw new TypeError('this matcher takes what arena.run(...), arena.drill(...) or run(...) gives; is an await missing?');
}

function comparisonOf(received: unknown): Comparison {
  const document = memberOf(received, 'comparison') ?? received;
  if (memberOf(document, 'schema') === COMPARISON_SCHEMA) return document as Comparison;
  throw new TypeError('this matcher takes what arena.compare(...) or compare(...) gives; is an await missing?');
}

function placeOf(received: unknown): readonly string[] {
  const place = memberOf(received, 'reportPath');
  const seed = memberOf(memberOf(received, 'result'), 'seed');
  return [...(typeof seed === 'number' ? [`seed ${seed}`] : []), ...(typeof place === 'string' ? [`the report: ${place}`] : [])];
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
