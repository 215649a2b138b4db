/** Any Result that the schema allows, and hostile texts in every string: what a report must survive. */
import fc from 'fast-check';
import type { z } from 'zod';
import { type Comparison, comparisonSchema } from '../../harness/evidence/result/comparison.ts';
import { type Diff, diffSchema } from '../../harness/evidence/result/diff.ts';
import { type History, historySchema } from '../../harness/evidence/result/history.ts';
import { type Result, resultSchema } from '../../harness/evidence/result/result.ts';
import { anyText } from '../any-text.ts';

/** Texts that would break out of HTML, XML, Markdown or a terminal, if anything let them. */
export const HOSTILE_TEXTS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'/><svg onload=alert(1)>",
  ']]>&<!--',
  '</style></title></textarea>',
  '| a | b |\n|---|',
  '```\n# hi\n```',
  '\u001b[2J\u001b[31m',
  '\u0000\u0007\ud800',
  '\u202egnp.exe',
  '__proto__',
] as const;

/** Long ones are rare enough: a Result has hundreds of texts. */
const hostileText = fc.oneof(
  { arbitrary: fc.constantFrom(...HOSTILE_TEXTS), weight: 10 },
  { arbitrary: anyText({ maxLength: 60 }), weight: 10 },
  { arbitrary: fc.constantFrom('<&"'.repeat(1000), 'word '.repeat(1000)), weight: 1 },
);

const number = fc.oneof(
  fc.double({ min: -1e12, max: 1e12, noNaN: true }),
  fc.double({ min: 0, max: 1e7, noNaN: true }),
  fc.constantFrom(0, -1, 1e-9, 1e18),
);
const count = fc.oneof(fc.nat({ max: 1_000_000 }), fc.constantFrom(0, Number.MAX_SAFE_INTEGER));

interface Definition {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** An arbitrary from a zod schema of the kinds that the Result uses; throws on any other, so that none is forgotten. */
function arbitraryOf(schema: z.core.$ZodType, inList = false): fc.Arbitrary<unknown> {
  const definition = schema._zod.def as unknown as Definition;
  switch (definition.type) {
    case 'string':
      return hostileText;
    case 'number':
      return isCount(definition) ? count : number;
    case 'boolean':
      return fc.boolean();
    case 'literal':
      return fc.constantFrom(...(definition.values as unknown[]));
    case 'enum':
      return fc.constantFrom(...Object.values(definition.entries as Record<string, string>));
    case 'unknown':
      return fc.oneof(hostileText, number, fc.boolean(), fc.constant(null), fc.array(hostileText, { maxLength: 3 }));
    case 'nullable':
      return fc.option(arbitraryOf(definition.innerType as z.core.$ZodType, inList), { nil: null });
    case 'optional':
    case 'default':
      return arbitraryOf(definition.innerType as z.core.$ZodType, inList);
    case 'array': {
      const element = arbitraryOf(definition.element as z.core.$ZodType, true);
      const short = fc.array(element, { maxLength: 6 });
      return inList
        ? short
        : fc.oneof(
            { arbitrary: short, weight: 4 },
            { arbitrary: fc.array(element, { minLength: 210, maxLength: 250 }), weight: 1 },
          );
    }
    case 'tuple':
      return fc.tuple(...(definition.items as z.core.$ZodType[]).map((item) => arbitraryOf(item)));
    case 'record':
      return fc.dictionary(hostileText, arbitraryOf(definition.valueType as z.core.$ZodType), {
        maxKeys: 5,
        noNullPrototype: true,
      });
    case 'object': {
      const shape = definition.shape as Record<string, z.core.$ZodType>;
      return fc.record(Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, arbitraryOf(value, inList)])));
    }
    default:
      throw new Error(`no arbitrary for a zod schema of type ${definition.type}`);
  }
}

function isCount(definition: Definition): boolean {
  return ((definition.checks as unknown[] | undefined) ?? []).length > 0;
}

/** For a property over whole Results: shrinking one takes longer than reading the counterexample. */
export const RUNS = { numRuns: 40, endOnFailure: true } as const;

/** Columns of the time line are equally long, as the schema's comment promises. */
export const arbitraryResult: fc.Arbitrary<Result> = (arbitraryOf(resultSchema) as fc.Arbitrary<Result>).map((result) => {
  const length = result.timeline.offered.length;
  const padded = <T>(column: readonly T[], filler: T): T[] => Array.from({ length }, (_, index) => column[index] ?? filler);
  const { timeline } = result;
  return {
    ...result,
    timeline: {
      ...timeline,
      stepMs: Math.max(1, Math.abs(timeline.stepMs)),
      sent: padded(timeline.sent, 0),
      acked: padded(timeline.acked, 0),
      delivered: padded(timeline.delivered, 0),
      failed: padded(timeline.failed, 0),
      connected: padded(timeline.connected, 0),
      p50Us: padded(timeline.p50Us, null),
      p99Us: padded(timeline.p99Us, null),
      maxUs: padded(timeline.maxUs, null),
    },
  };
});

export const arbitraryHistory = arbitraryOf(historySchema) as fc.Arbitrary<History>;

export const arbitraryDiff = arbitraryOf(diffSchema) as fc.Arbitrary<Diff>;

export const arbitraryComparison = arbitraryOf(comparisonSchema) as fc.Arbitrary<Comparison>;
