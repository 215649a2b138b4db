import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { terminalSummary } from '../../reports/terminal.ts';
import { wrap } from '../../reports/terminal-text.ts';
import { arbitraryResult, RUNS } from './arbitrary-result.ts';
import { brokenResult, exampleResult, repeatedResult } from './example-result.ts';

const plain = { colour: false, reportPath: 'runs/one/report.html', width: 100 } as const;
const ESCAPE = String.fromCharCode(27);

describe('the terminal summary', () => {
  it('states the verdict first, then latency, cost, ledger, recovery, checks and the place of the report', () => {
    const lines = terminalSummary(exampleResult(), plain).split('\n');
    const order = [
      'PASS  quickstart:',
      'response ',
      'a connection',
      'ledger',
      'lost 0',
      'recovery from',
      'kill-node node n1',
      '✓ response',
      'runs/one/report.html',
    ];
    const found = order.map((text) => lines.findIndex((line) => line.includes(text)));
    expect(found).not.toContain(-1);
    expect(found).toEqual([...found].sort((a, b) => a - b));
  });

  it('names what was broken, and shows failed checks before the others', () => {
    const text = terminalSummary(brokenResult(), plain);
    expect(text).toContain('FAIL  quickstart: 48 acknowledged messages lost; 3 messages out of order');
    expect(text.indexOf('✕')).toBeLessThan(text.indexOf('✓'));
    expect(text).toMatch(/kill-node node n1.*never/);
  });

  it('says first of an aborted run that it was aborted, when and why', () => {
    const aborted = { condition: 'error.rate > 50% for 5s', atMs: 12_300, actual: 0.83, limit: 0.5, unit: 'share' };
    expect(terminalSummary({ ...brokenResult(), aborted }, plain)).toContain(
      'FAIL  quickstart: aborted after 12.3 s: error.rate > 50% for 5s (it was 83.0%); 48 acknowledged',
    );
  });

  it('gives a repeated fault one line, with its p95 over the repeats', () => {
    const lines = terminalSummary(repeatedResult(), plain).split('\n');
    expect(lines.filter((line) => line.includes('kill-node'))).toEqual([expect.stringMatching(/^ {2}kill-node ×20 p95 .* ms/)]);
  });

  it('says which level recovery was judged by, or why there is none, and which faults nobody noticed', () => {
    expect(terminalSummary(exampleResult(), { ...plain, width: 80 })).toContain(
      '  level: 99% answered within 14.9 ms, twice the p99 before the first fault\n',
    );
    const result = exampleResult();
    const [first, second] = result.recovery;
    if (first === undefined || second === undefined || result.recoveryLevel === null) throw new Error('the example changed');
    const set = { ...result.recoveryLevel, share: 0.95, us: 50_000, source: 'set' as const };
    expect(terminalSummary({ ...result, recoveryLevel: set }, plain)).toContain(
      '95% answered within 50.0 ms, as the scenario says',
    );
    const unknown = { ...result.recoveryLevel, meaningless: 'response times were growing' };
    const blind = terminalSummary(
      {
        ...result,
        recoveryLevel: unknown,
        recovery: [
          { ...first, sloMs: null },
          { ...second, noticed: false },
        ],
      },
      plain,
    );
    expect(blind).toContain('it means nothing here, because response times were growing');
    expect(blind).toMatch(/kill-node node n1 +nobody noticed/);
    expect(blind).not.toContain('recovered');
  });

  it('says of faults that nobody noticed exactly that, and not that recovery took 0 ms', () => {
    const result = exampleResult();
    const recovery = result.recovery.map((clocks) => ({ ...clocks, noticed: false }));
    expect(terminalSummary({ ...result, recovery }, plain).replaceAll(/\s+/g, ' ')).toContain('no user noticed any of 2 faults');
  });

  it('uses colour only when asked, and colour changes nothing else', () => {
    const coloured = terminalSummary(brokenResult(), { ...plain, colour: true });
    expect(coloured).toContain(ESCAPE);
    expect(stripVTControlCharacters(coloured)).toBe(terminalSummary(brokenResult(), plain));
  });

  it('gives the verdict at most six lines, however its words are cut', () => {
    const name = Array.from({ length: 30 }, () => 'x'.repeat(60)).join(' ');
    const said = { ...exampleResult(), verdict: 'invalid' as const, reasons: [name] };
    const lines = terminalSummary(said, { ...plain, width: 80 }).split('\n');
    expect(lines.indexOf('', 1)).toBe(1 + 6);
  });

  it('stays within 48 lines and lets no control character through, whatever the result', () => {
    fc.assert(
      fc.property(arbitraryResult, (result) => {
        const text = terminalSummary(result, plain);
        expect(text.split('\n').length).toBeLessThanOrEqual(48);
        expect(text).not.toMatch(/\p{Cc}(?<!\n)/u);
        expect(/.{0,80}(?:NaN|Infinity|undefined)/.exec(text)?.[0]).toBeUndefined();
      }),
      RUNS,
    );
  });

  it('never breaks a line between a number and its unit', () => {
    const text = '99% answered within 71.3 ms after 3 min 07 s, 12.4 MB of 24 GiB and 5 s of load';
    for (let width = 12; width < 90; width += 1) {
      const lines = wrap(text, width);
      expect(lines.join(' ')).toBe(text);
      for (const line of lines) {
        expect(line).not.toMatch(/(?:71\.3|12\.4|24|5|07|3|3 min)$/);
        expect(line.length).toBeLessThanOrEqual(width);
      }
    }
  });
});
