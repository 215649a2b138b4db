/** What nobody knows of a run takes one line of each list of facts, not one a fact. */
import { describe, expect, it } from 'vitest';
import { htmlReport } from '../../reports/html/report.ts';
import { resultOf } from '../harness/studies/import/imported.ts';
import { exportedSummary } from '../harness/studies/import/k6-summaries.ts';
import { exampleResult } from './example-result.ts';
import { allIn } from './page-elements.ts';
import { type Element, elementsOf, textOf } from './well-formed.ts';

/** Name and value of every fact, list by list. */
function factsOf(page: string): readonly (readonly (readonly [name: string, value: string])[])[] {
  return allIn(page, 'dl')
    .filter(({ attributes }) => attributes.get('class') === 'factlist')
    .map((list) =>
      [...elementsOf(list)]
        .filter(({ name }) => name === 'div')
        .map(({ children: [name, value] }) => [textOf(name as Element), textOf(value as Element)] as const),
    );
}

describe('where and how it ran', () => {
  it('names everything that is unknown of an imported run in one line of each list', async () => {
    const lists = factsOf(htmlReport(await resultOf('k6', exportedSummary())));
    expect(lists).toHaveLength(3);
    for (const list of lists) {
      expect(list.filter(([, value]) => /^(?:unknown\W*)*$|not measured/u.test(value))).toEqual([]);
      expect(list.filter(([name]) => name === 'Not known')).toHaveLength(1);
    }
    expect(new Map(lists[1]).get('Not known')).toMatch(/Payload, Offline at any time, Reconnects/u);
    expect(new Map(lists[2]).get('Not known')).toMatch(/^CPU, Cores, Memory, System, Node/u);
  });

  it('has no such line if everything is known', () => {
    const names = factsOf(htmlReport(exampleResult())).flatMap((list) => list.map(([name]) => name));
    expect(names).toContain('Generator lag');
    expect(names).not.toContain('Not known');
  });
});
