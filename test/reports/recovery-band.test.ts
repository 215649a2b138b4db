/** While users wait, the colours over time are those of trouble: nothing green lies over a second whose p99 is bad. */
import { describe, expect, it } from 'vitest';
import type { Result } from '../../harness/evidence/result/result.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { STYLE } from '../../reports/html/style.ts';
import { exampleResult } from './example-result.ts';
import { allIn } from './page-elements.ts';
import { type Element, elementsOf } from './well-formed.ts';

const SLOW_FROM_MS = 14_000;
const SLOW_TO_MS = 22_000;
const CHARTS = ['latency-heat', 'latency-time', 'throughput-time', 'connections-time'];

/** The node comes back after 1.5 s, and answers take five seconds until the 22nd; regained then, or never. */
function slow(isRegained: boolean): Result {
  const result = exampleResult();
  const { timeline } = result;
  const isSlow = (slot: number): boolean => slot * timeline.stepMs >= SLOW_FROM_MS && slot * timeline.stepMs < SLOW_TO_MS;
  const backMs = SLOW_TO_MS - 14_000.7;
  return {
    ...result,
    timeline: { ...timeline, p99Us: timeline.p99Us.map((us, slot) => (isSlow(slot) ? 5_000_000 : us)) },
    recovery: result.recovery.map((one) =>
      one.fault === 'fault-2' ? { ...one, sloMs: isRegained ? backMs : null, censored: !isRegained } : one,
    ),
  };
}

/** Of both colour schemes, as the style sheet has them for a class. */
function coloursOf(name: string): readonly (readonly [red: number, green: number, blue: number])[] {
  const [, variable] = new RegExp(`\\.${name} \\{ (?:fill|stroke): var\\((--[\\w-]+)\\)`, 'u').exec(STYLE.text) ?? [];
  if (variable === undefined) throw new Error(`${name} has no colour`);
  return [...STYLE.text.matchAll(new RegExp(`${variable}: #(..)(..)(..)`, 'gu'))].map(([, ...hex]) => {
    const [red = 0, green = 0, blue = 0] = hex.slice(0, 3).map((part) => Number.parseInt(part, 16));
    return [red, green, blue] as const;
  });
}

function isGreen(name: string): boolean {
  return coloursOf(name).some(([red, green, blue]) => green > red && green >= blue);
}

const number = (element: Element, name: string): number => Number(element.attributes.get(name));

describe.each([
  ['regained late', true],
  ['never regained', false],
])('a level of service that is %s', (_, isRegained) => {
  const page = htmlReport(slow(isRegained));

  it.each(CHARTS)('has no green band over its bad seconds in %s, and a red band over each of them', (id) => {
    const chart = allIn(page, 'svg').find(({ attributes }) => attributes.get('aria-labelledby')?.startsWith(`${id}-wide`));
    const drawn = [...elementsOf(chart as Element)];
    const of = (name: string): Element[] => drawn.filter(({ attributes }) => attributes.get('class') === name);
    // Both injections are lines, whose times are known.
    const [one, other] = of('injected').map((line) => number(line, 'x1')) as [number, number];
    const at = (ms: number): number => one + ((ms - 8002.4) * (other - one)) / (14_000.7 - 8002.4);

    const bands = drawn.filter(({ attributes }) => /-band$/u.test(attributes.get('class') ?? ''));
    for (let ms = SLOW_FROM_MS + 50; ms < SLOW_TO_MS; ms += 100) {
      const over = bands.filter((band) => number(band, 'x') <= at(ms) && at(ms) <= number(band, 'x') + number(band, 'width'));
      expect(over.length, `${ms} ms`).toBeGreaterThan(0);
      for (const band of over) expect(isGreen(band.attributes.get('class') as string)).toBe(false);
    }
    expect(of('waiting').length).toBeGreaterThan(0);
    expect(['waiting', 'fault-bar', 'injected', 'healed'].filter(isGreen)).toEqual([]);

    // What is green says that all is well again: none of it before it is.
    const marks = [...of('recovered').map((line) => number(line, 'x1')), ...of('whole').map((dot) => number(dot, 'cx'))];
    const early = marks.filter((x) => x > at(SLOW_FROM_MS) && x < at(SLOW_TO_MS) - 1);
    expect(early).toEqual([]);
    expect(marks).toHaveLength(isRegained ? 4 : 2);
    expect(['recovered', 'whole'].every(isGreen)).toBe(true);
  });
});
