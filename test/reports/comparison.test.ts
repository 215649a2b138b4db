import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparisonSchema } from '../../harness/evidence/result/comparison.ts';
import { comparisonJunit } from '../../reports/comparison-junit.ts';
import { comparisonMarkdown } from '../../reports/comparison-markdown.ts';
import { comparisonTerminal } from '../../reports/comparison-terminal.ts';
import { annotationLines, comparisonAnnotations, resultAnnotations } from '../../reports/github-annotations.ts';
import { comparisonReport } from '../../reports/html/comparison.ts';
import { MARKDOWN_SIZE_LIMIT } from '../../reports/markdown-text.ts';
import { arbitraryComparison, arbitraryResult, RUNS } from './arbitrary-result.ts';
import { equivalentComparison, exampleComparison } from './example-comparison.ts';
import { brokenResult, exampleResult } from './example-result.ts';
import { expectPlainTables } from './plain-tables.ts';
import { elementsOf, parseXml } from './well-formed.ts';

it('the example is a comparison', () => {
  expect(comparisonSchema.parse(exampleComparison())).toEqual(exampleComparison());
});

describe('summary.md of a comparison', () => {
  it('has the table of metrics right below the verdict, with the deciding metric first', () => {
    const lines = comparisonMarkdown(exampleComparison()).split('\n');
    expect(lines[0]).toBe('## Regressed: baseline (main) against candidate (.)');
    expect(lines[2]).toBe('| metric | A | B | change | interval | margin | detectable | verdict |');
    expect(lines[4]).toBe(
      '| cpu.serverPerMessage | 41.2 µs | 45.8 µs | **+11.2%** | +9.5% to +12.8% | 5.00% | +8.1% | ❌ regressed |',
    );
    expect(lines.slice(5, 8).map((line) => line.split(' | ')[0])).toEqual(['| response.p50', '| rate', '| response.p99']);
    expect(lines[7]).toContain('❔ inconclusive, advisory');
  });

  it('says what A and B are, which limits held, and how to repeat it', () => {
    const comparison = { ...exampleComparison(), broken: [{ side: 'B' as const, property: 'lost', runs: 3 }] };
    const page = comparisonMarkdown(comparison);
    for (const text of [
      'A: baseline (main). B: candidate (.).',
      '| ✅ | response.p99 &lt; 50ms | 10.3 ms | 50.0 ms |',
      '- ❌ B broke "No loss" in 3 runs',
      '12 blocks with 48 runs, of which 1 block is invalid',
      'Block 5 is not valid: other guests took 12% of the processors',
      'letitcrash gate --baseline main --seed 7',
    ])
      expect(page).toContain(text);
  });

  it('does not call a comparison that proved nothing inconclusive', () => {
    expect(comparisonMarkdown({ ...exampleComparison(), valid: false, verdict: 'inconclusive' })).toMatch(
      /^## Invalid: baseline \(main\) against candidate/,
    );
  });

  it('keeps every table rectangular, lets no markup through and stays below its limit, whatever the comparison', () => {
    fc.assert(
      fc.property(arbitraryComparison, (comparison) => {
        const page = comparisonMarkdown(comparison);
        expect(Buffer.byteLength(page)).toBeLessThan(MARKDOWN_SIZE_LIMIT);
        expectPlainTables(page);
      }),
      RUNS,
    );
  });
});

describe('the columns of both sides', () => {
  const example = exampleComparison();
  // The medians of the runs say that B takes more, and the blocks, which are judged, that it takes a fifth less.
  const metrics = example.metrics.map((each) =>
    each.name === 'cpu.serverPerMessage' ? { ...each, a: 16.027, b: 16.592, ratio: 0.784, judged: { a: 18, b: 14.112 } } : each,
  );
  const reports = {
    terminal: (comparison: typeof example) => comparisonTerminal(comparison, { colour: false, width: 100, reportPath: null }),
    markdown: comparisonMarkdown,
    junit: comparisonJunit,
    html: (comparison: typeof example) =>
      comparisonReport(comparison)
        .replaceAll('\u00a0', ' ')
        .replace(/<[^>]*>/g, ' '),
  };

  it.each(Object.entries(reports))(
    'show what the verdict judges in %s, and never another estimate beside its ratio',
    (_, report) => {
      const text = report({ ...example, metrics });
      expect(text).toMatch(/18\.0 µs/);
      expect(text).toMatch(/14\.1 µs/);
      expect(text).not.toMatch(/16\.\d µs/);
      expect(text).toContain('−21.6%');
    },
  );

  it('are called medians if a document has no other figures, and so is a ratio that not every block has', () => {
    const old = metrics.map((each) => ({ ...each, judged: null }));
    const text = comparisonMarkdown({ ...example, metrics: old });
    expect(text).toContain('16.0 µs | 16.6 µs');
    expect(text).toContain('A and B are medians over the runs, while the change comes from the blocks: they need not agree');
    const some = metrics.map((each) => (each.name === 'rate' ? { ...each, blocks: [1.01, null, 1.02] } : each));
    expect(comparisonMarkdown({ ...example, metrics: some })).toContain('not every block has a ratio (rate 2 of 11)');
  });
});

describe('a comparison that proved nothing', () => {
  const example = { ...exampleComparison(), valid: false, verdict: 'inconclusive' as const };
  const text = {
    terminal: comparisonTerminal(example, { colour: false, width: 100, reportPath: null }),
    markdown: comparisonMarkdown(example),
    junit: comparisonJunit(example),
    html: comparisonReport(example)
      .replaceAll('\u00a0', ' ')
      .replace(/<[^>]*>/g, ' '),
    annotations: annotationLines(comparisonAnnotations({ ...example, reasons: ['2 of 24 blocks: the time was up'] })).join(),
  };

  it.each(Object.entries(text))('shows no figure of either side in %s', (_, report) => {
    expect(report).not.toMatch(/41\.2|45\.8|2\.14 ms|10\.3 ms|\+11\.2%(?! worse)/);
  });
});

describe('what is certainly better', () => {
  const example = exampleComparison();
  const faster = { low: 0.88, high: 0.92, ratio: 0.9, verdict: 'equivalent' as const };
  const better = {
    ...example,
    verdict: 'equivalent' as const,
    metrics: example.metrics.map((each) =>
      each.name === 'cpu.serverPerMessage'
        ? { ...each, ...faster }
        : each.name === 'rate'
          ? { ...each, low: 1.01, high: null }
          : each,
    ),
  };
  const terminal = (comparison: typeof example): string =>
    comparisonTerminal(comparison, { colour: false, width: 100, reportPath: null });
  const page = (comparison: typeof example): string =>
    comparisonReport(comparison)
      .replaceAll('\u00a0', ' ')
      .replace(/<[^>]*>/g, '');

  it('is stated in every report, by the whole interval and by the side that is better', () => {
    expect(comparisonMarkdown(better)).toContain(
      '\nBetter on B, with the whole interval on the better side: cpu.serverPerMessage **−10.0%**, rate **−0.1%**.\n',
    );
    expect(terminal(better)).toMatch(
      /\n {2}better +cpu\.serverPerMessage −10\.0%, rate −0\.1%: with the whole interval on the better side\n/,
    );
    expect(page(better)).toContain('Better on B, with the whole interval on the better side: cpu.serverPerMessage −10.0%');
  });

  it('is not stated if an interval is open or includes no change, or if nothing was proven', () => {
    const reaching = better.metrics.map((each) => ({ ...each, ...(each.better === 'lower' ? { high: 1 } : { low: null }) }));
    for (const none of [
      { ...better, metrics: reaching },
      { ...better, valid: false },
    ])
      for (const report of [comparisonMarkdown, terminal, page]) expect(report(none)).not.toMatch(/wholly on the better/);
  });
});

describe('junit.xml of a comparison', () => {
  const casesOf = (xml: string, kind: string): (string | undefined)[] =>
    [...elementsOf(parseXml(xml))]
      .filter(({ name, children }) => name === 'testcase' && children.some((child) => child.name === kind))
      .map(({ attributes }) => attributes.get('name'));

  it('fails the metric that regressed, and does not decide an open one', () => {
    const xml = comparisonJunit(exampleComparison());
    expect(casesOf(xml, 'failure')).toEqual(['cpu.serverPerMessage is not worse']);
    expect(casesOf(xml, 'skipped')).toEqual(['response.p99 is not worse']);
    expect(casesOf(xml, 'error')).toEqual([]);
    expect(xml).toContain('41.2 µs → 45.8 µs, +11.2% (+9.5% to +12.8%), worse than the margin of 5.0%');
  });

  it('never fails for an advisory metric or for what the baseline broke, but does for a limit or a loss of the candidate', () => {
    const comparison = equivalentComparison();
    const advisory = comparison.metrics.map((each) => ({ ...each, role: 'advisory' as const, verdict: 'regressed' as const }));
    const fine = comparisonJunit({ ...comparison, metrics: advisory, broken: [{ side: 'A', property: 'lost', runs: 1 }] });
    expect(casesOf(fine, 'failure')).toEqual([]);
    const checks = [{ name: 'response.p99 < 1ms', pass: false, actual: 10_300, limit: 1_000, unit: 'us' }];
    const bad = comparisonJunit({ ...comparison, checks, broken: [{ side: 'B', property: 'lost', runs: 1 }] });
    expect(casesOf(bad, 'failure')).toEqual(['response.p99 < 1ms', 'B keeps No loss']);
  });

  it('calls too little evidence an error, and hides no regression', () => {
    const invalid = comparisonJunit({ ...exampleComparison(), valid: false, verdict: 'inconclusive' });
    expect(casesOf(invalid, 'error')).toEqual(['the comparison can be trusted']);
    expect(casesOf(invalid, 'failure')).toEqual([]);
    const hidden = comparisonJunit({ ...exampleComparison(), metrics: [] });
    expect(casesOf(hidden, 'failure')).toEqual(['the comparison can be trusted']);
  });

  it('is well-formed and counts its own cases, whatever the comparison', () => {
    fc.assert(
      fc.property(arbitraryComparison, (comparison) => {
        const root = parseXml(comparisonJunit(comparison));
        const cases = [...elementsOf(root)].filter(({ name }) => name === 'testcase');
        expect(Number(root.attributes.get('tests'))).toBe(cases.length);
      }),
      RUNS,
    );
  });
});

describe('annotations for GitHub', () => {
  it('are an error for each blocking regression and a warning for each advisory one', () => {
    const comparison = exampleComparison();
    const metrics = comparison.metrics.map((each) =>
      each.role === 'advisory' ? { ...each, verdict: 'regressed' as const } : each,
    );
    const lines = annotationLines(comparisonAnnotations({ ...comparison, metrics }));
    expect(lines.map((line) => line.split('::')[1])).toEqual([
      'error title=letitcrash%3A cpu.serverPerMessage regressed',
      'warning title=letitcrash%3A response.p99 regressed',
    ]);
    expect(lines[0]).toContain('+11.2%25 (+9.5%25 to +12.8%25)');
  });

  it('are one notice if all is well, a warning if it is open, and an error if nothing was proven', () => {
    const fine = equivalentComparison();
    const levels = (comparison: typeof fine): string[] => comparisonAnnotations(comparison).map(({ level }) => level);
    expect(levels(fine)).toEqual(['notice']);
    expect(levels({ ...fine, verdict: 'inconclusive' })).toEqual(['warning']);
    expect(levels({ ...fine, valid: false, verdict: 'inconclusive' })).toEqual(['error']);
    expect(levels({ ...fine, broken: [{ side: 'B', property: 'lost', runs: 1 }] })).toEqual(['error']);
    expect(resultAnnotations(exampleResult()).map(({ level }) => level)).toEqual(['notice']);
    expect(annotationLines(resultAnnotations(brokenResult())).join('\n')).toContain(
      '::error title=letitcrash%3A response.p99 < 50ms::',
    );
  });

  it('escape text that would be a command of its own', () => {
    const [line, ...others] = annotationLines([
      { level: 'error', title: 'a,b::c\n::error::x', message: '100%\r\n::set-output name=a::b %0A' },
    ]);
    expect(others).toEqual([]);
    expect(line).toBe('::error title=a%2Cb%3A%3Ac %3A%3Aerror%3A%3Ax::100%25 ::set-output name=a::b %250A');
  });

  it('are one line each, at most ten of each level, whatever is annotated', () => {
    fc.assert(
      fc.property(arbitraryComparison, arbitraryResult, (comparison, result) => {
        for (const annotations of [comparisonAnnotations(comparison), resultAnnotations(result)]) {
          const lines = annotationLines(annotations);
          expect(lines.length).toBeGreaterThan(0);
          for (const line of lines) expect(line).toMatch(/^::(?:error|warning|notice) title=[^:,\n\r]*::[^\n\r]*$/u);
          for (const level of ['error', 'warning', 'notice'])
            expect(lines.filter((line) => line.startsWith(`::${level}`)).length).toBeLessThanOrEqual(10);
        }
      }),
      RUNS,
    );
  });
});
