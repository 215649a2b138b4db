import { describe, expect, it } from 'vitest';
import type { Delivery, Result } from '../../harness/evidence/result/result.ts';
import { entryFacts } from '../../harness/front/library/index-entry.ts';
import { faultKinds } from '../../harness/run/faults/catalogue.ts';
import { UNFLUSHED } from '../../reports/fault-words.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { junitXml } from '../../reports/junit.ts';
import { markdownSummary } from '../../reports/markdown.ts';
import { verdictSentence, worstRecovery } from '../../reports/sentence.ts';
import { terminalSummary } from '../../reports/terminal.ts';
import { brokenResult, exampleResult } from './example-result.ts';
import { allIn, withoutOwnScript } from './page-elements.ts';
import { textOf } from './well-formed.ts';

const terminal = (result: Result): string => terminalSummary(result, { colour: false, reportPath: null, width: 200 });

/** The first fault found nothing to strike; told so, or as results told it before there was a word for it. */
function idle(changes: Partial<Result['faults'][number]>): Result {
  const result = exampleResult();
  return {
    ...result,
    faults: result.faults.map((fault, index) => (index === 0 ? { ...fault, injectedAtMs: null, ...changes } : fault)),
    recovery: result.recovery.slice(1),
  };
}

describe('what leads to the cause of a failure', () => {
  it('names three offenders in the terminal and the summary, one of each property before the second of any', () => {
    const offenders = ['lost', 'lost', 'lost', 'reordered'].map((property, index) => ({
      property,
      message: `message ${index} of u1 to u2`,
      detail: `written at ${index}.000 s in session 2 of u1`,
    }));
    const broken = brokenResult();
    const result = { ...broken, delivery: { ...broken.delivery, offenders } };
    for (const text of [terminal(result), markdownSummary(result)]) {
      const at = [0, 3, 1].map((index) => text.indexOf(`message ${index} of u1 to u2 (written at ${index}.000 s in session 2`));
      expect(at).not.toContain(-1);
      expect(at).toEqual([...at].sort((a, b) => a - b));
      expect(text).not.toContain('message 2 of u1');
    }
  });

  it.each([
    { struck: false, verified: false },
    { struck: null, verified: true },
  ])('counts no fault that found nothing to strike, and calls none verified: %j', (changes) => {
    const result = idle(changes);
    expect(verdictSentence(result)).toContain('after the fault; 1 more fault found nothing to strike');
    expect(markdownSummary(result)).toContain('nothing to strike');
    expect(htmlReport(result)).toContain('nothing to strike');
  });

  it('says of a fault that the run ended before it, not that it found nothing to strike, in every report', () => {
    const unreached = { struck: false, verified: false, target: '', evidence: ['not injected: the run was ended early'] };
    const reasons = ['interrupted by SIGINT after 5.00 s of 30.0 s of load', 'the run ended before 1 of 2 faults'];
    const one: Result = { ...idle(unreached), verdict: 'unknown', reasons };
    const none: Result = {
      ...one,
      faults: one.faults.map((fault) => ({ ...fault, ...unreached, injectedAtMs: null, healedAtMs: null })),
      recovery: [],
    };
    for (const result of [one, none]) {
      for (const report of [terminal, markdownSummary, htmlReport, junitXml]) {
        const text = report(result).replaceAll('\u00a0', ' ');
        expect(text).toContain('the run ended before');
        expect(text).not.toContain('nothing to strike');
      }
      expect(markdownSummary(result)).toContain('❔ the run ended before it');
      expect(htmlReport(result)).toContain('the run ended before it');
    }
    expect(htmlReport(none)).toContain('the run ended before a fault');
    const facts = allIn(htmlReport(none), 'tr').find((row) => textOf(row).includes('the run ended before it'));
    expect(facts === undefined ? [] : facts.children.slice(1, 4).map(textOf)).toEqual(['never', '–', '–']);
    expect(markdownSummary(none)).toContain('the run ended first');
    expect(entryFacts({ kind: 'run', result: none }).figures).toContainEqual(
      expect.objectContaining({ words: 'run ended first' }),
    );
    expect(worstRecovery({ ...none, faults: idle({ struck: false, verified: false }).faults.slice(0, 1) })).toEqual({
      kind: 'unstruck',
    });
  });

  it('says what a kill cannot show if durability is fsync and a node was killed, and only then', () => {
    const words = 'A kill cannot show that acknowledged messages had been flushed';
    const result = exampleResult();
    const memory = { ...result, target: { ...result.target, config: { durability: 'memory' } } };
    const unharmed = { ...result, faults: result.faults.slice(0, 1), recovery: result.recovery.slice(0, 1) };
    for (const report of [markdownSummary, (each: Result) => htmlReport(each)]) {
      expect(report(result)).toContain(words);
      expect(report(memory)).not.toContain(words);
      expect(report(unharmed)).not.toContain(words);
    }
  });

  it('knows of each kind that kills what becomes of unflushed data, as the kind declares it', () => {
    const declared = [...faultKinds.values()].flatMap(({ kind, unflushed }) => (unflushed === null ? [] : [[kind, unflushed]]));
    expect(declared.length).toBeGreaterThan(1);
    expect({ ...UNFLUSHED, 'power-loss': 'lost' }).toEqual({ ...Object.fromEntries(declared), 'power-loss': 'lost' });
  });

  it('shows the drain, refusals and ended sessions of a result that has them, and nothing for an older one', () => {
    const result = exampleResult();
    const old = structuredClone(result) as { delivery: Partial<Delivery>; load: Partial<Result['load']> };
    for (const key of ['unacknowledged', 'unwritten', 'away', 'deaf', 'unheard', 'restless', 'refusals', 'offenders'] as const)
      delete old.delivery[key];
    delete old.load.sessionsEnded;
    for (const report of [terminal, markdownSummary, (each: Result) => withoutOwnScript(htmlReport(each))]) {
      expect(report(old as Result)).not.toMatch(/undefined|NaN/);
    }
  });
});
