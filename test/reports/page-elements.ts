/** An HTML page of the reports as elements, and the numbers that it may show. */
import { expect } from 'vitest';
import { SCRIPT } from '../../reports/html/interaction/script.ts';
import { type Element, elementsOf, parseXml, textOf } from './well-formed.ts';

const VOID = new Set(['meta', 'link', 'br', 'wbr']);
const RAW = new Set(['style', 'script']);
const INTRUDERS = new Set(['img', 'iframe', 'textarea']);

/** The page's root; throws where it is not well-formed. */
export function parsePage(page: string): Element {
  // A number and its unit stay on one line; tests read them as people do.
  return parseXml(page.replaceAll('\u00a0', ' '), VOID, RAW);
}

export function allIn(page: string, name: string): Element[] {
  return [...elementsOf(parsePage(page))].filter((element) => element.name === name);
}

/** Every number of a JSON value. */
export function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(numbersOf);
}

/** The page without the one script of its own, which its policy names by a hash. */
export function withoutOwnScript(page: string): string {
  return page.replace(`<script>${SCRIPT.text}</script>`, '');
}

/** No script but its own, nothing from elsewhere, nothing that the data brought in, and no value that is no value. */
export function expectHarmless(page: string): void {
  const own = withoutOwnScript(page);
  const intruders = [...elementsOf(parsePage(own))].filter(
    ({ name, attributes }) =>
      name === 'script' || INTRUDERS.has(name) || [...attributes.keys()].some((key) => key.startsWith('on')),
  );
  expect(intruders.map(({ name }) => name)).toEqual([]);
  expect(/.{0,80}(?:NaN|Infinity|undefined)/.exec(own)?.[0]).toBeUndefined();
}

/** Landmarks, captions, scopes, ids, and names for every picture and for every region that can be scrolled. */
export function expectNavigable(page: string): void {
  const root = parsePage(page);
  const elements = [...elementsOf(root)];
  const named = (name: string): Element[] => elements.filter((element) => element.name === name);
  expect(named('main')).toHaveLength(1);
  expect(named('h1')).toHaveLength(1);
  expect(named('nav')[0]?.attributes.get('aria-label')).toBeTruthy();
  for (const table of named('table')) expect(table.children[0]?.name).toBe('caption');
  for (const cell of named('th')) expect(['col', 'row']).toContain(cell.attributes.get('scope'));
  const ids = elements.flatMap(({ attributes }) => attributes.get('id') ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  // The chaos page, logs and a profile's files lie beside a run's report, scenario files beside an exploration's.
  const targets = named('a').map((link) => link.attributes.get('href') ?? '');
  for (const target of targets)
    if (target !== 'chaos.html' && !/^(?:profile|logs)\//u.test(target) && !/^found-\d+\.yaml$/u.test(target))
      expect(ids).toContain(target.slice(1));
  const regions = elements.flatMap(({ attributes }) => (attributes.get('role') === 'region' ? attributes.get('aria-label') : []));
  expect(new Set(regions).size).toBe(regions.length);
}

/** Every picture says what it shows, and every figure has its data beside it as a table. */
export function expectTablesBesideCharts(page: string): void {
  for (const figure of allIn(page, 'figure')) {
    const parts = [...elementsOf(figure)];
    const charts = parts.filter(({ name, attributes }) => name === 'svg' && attributes.get('role') === 'img');
    expect(charts.length).toBeGreaterThan(0);
    for (const chart of charts) {
      const texts = (chart.attributes.get('aria-labelledby') as string)
        .split(' ')
        .map((id) => [...elementsOf(chart)].find(({ attributes }) => attributes.get('id') === id));
      expect(texts.map((element) => element?.name)).toEqual(['title', 'desc']);
      for (const element of texts) expect(textOf(element as Element).length).toBeGreaterThan(5);
    }
    const rows = [...elementsOf(parts.find(({ name }) => name === 'details') as Element)].filter(({ name }) => name === 'tr');
    expect(rows.length).toBeGreaterThan(1);
  }
}
