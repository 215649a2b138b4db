import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { junitXml } from '../../reports/junit.ts';
import { arbitraryResult, RUNS } from './arbitrary-result.ts';
import { brokenResult, exampleResult, misdrivenResult } from './example-result.ts';
import { type Element, elementsOf, parseXml } from './well-formed.ts';

const cases = (xml: string): Element[] => [...elementsOf(parseXml(xml))].filter(({ name }) => name === 'testcase');
const failed = (xml: string): (string | undefined)[] =>
  cases(xml)
    .filter(({ children }) => children.some(({ name }) => name === 'failure'))
    .map(({ attributes }) => attributes.get('name'));

describe('junit.xml', () => {
  it('has a test case for the measurement, for each check, for the leak that was looked for, and for each of the nine properties', () => {
    expect(cases(junitXml(exampleResult()))).toHaveLength(1 + 3 + 1 + 9);
    expect(failed(junitXml(exampleResult()))).toEqual([]);
  });

  it('fails exactly what was broken, with the offenders as evidence', () => {
    const xml = junitXml(brokenResult());
    expect(failed(xml)).toEqual(['response.p99 < 50ms', 'No loss', 'In order']);
    expect(xml).toContain('u17 to u244, id 31: acknowledged at 14.213 s, never delivered');
  });

  it('reports an invalid run as an error, and a broken property that was only observed as skipped', () => {
    const invalid = junitXml({ ...exampleResult(), verdict: 'invalid', reasons: ['generator lag p99 was 80 ms'] });
    expect(parseXml(invalid).attributes.get('errors')).toBe('1');
    const observed = exampleResult();
    const xml = junitXml({ ...observed, delivery: { ...observed.delivery, lost: 3 } });
    expect(parseXml(xml).attributes.get('skipped')).toBe('1');
    expect(failed(xml)).toEqual([]);
  });

  it('has an error for a driver that broke its rules, and no failure of the server', () => {
    const xml = junitXml(misdrivenResult());
    expect(failed(xml)).toEqual([]);
    expect(parseXml(xml).attributes.get('errors')).toBe('1');
    expect(xml).toContain('chat (chat-driver.ts) broke the rule');
    const open = cases(xml).filter(({ children }) => children.some(({ name }) => name === 'skipped'));
    expect(open.map(({ attributes }) => attributes.get('name'))).toEqual(
      expect.arrayContaining(['response.p50 < 20ms', 'response.p99 < 50ms', 'No loss', 'In order', 'Intact']),
    );
    expect(xml).not.toContain('u17 to u244');
  });

  it('never lets a failed run look green', () => {
    const xml = junitXml({ ...exampleResult(), verdict: 'fail', reasons: ['something else'] });
    expect(failed(xml)).toEqual(['the measurement can be trusted']);
  });

  it('fails a run that was aborted, for that alone', () => {
    const aborted = { condition: 'error.rate > 50% for 5s', atMs: 12_300, actual: 0.83, limit: 0.5, unit: 'share' };
    const xml = junitXml({ ...exampleResult(), verdict: 'fail', reasons: ['aborted'], aborted });
    expect(failed(xml)).toEqual(['not aborted: error.rate > 50% for 5s']);
    expect(xml).toContain('aborted after 12.3 s');
  });

  it('is well-formed and counts its own cases, whatever the result', () => {
    fc.assert(
      fc.property(arbitraryResult, (result) => {
        const xml = junitXml(result);
        const root = parseXml(xml);
        expect(root.attributes.get('tests')).toBe(String(cases(xml).length));
        expect(root.attributes.get('failures')).toBe(String(failed(xml).length));
        if (result.verdict === 'fail') expect(failed(xml).length).toBeGreaterThan(0);
      }),
      RUNS,
    );
  });
});
