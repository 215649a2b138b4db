import { expect, test } from 'vitest';
import { comparisonTerminal } from '../../reports/comparison-terminal.ts';
import { equivalentComparison, exampleComparison } from './example-comparison.ts';

const plain = { colour: false, width: 100, reportPath: 'runs/x/report.html' };

test('the verdict comes first, in a sentence; each metric has its ratio, interval, margin, verdict and detectable effect', () => {
  const text = comparisonTerminal(exampleComparison(), plain);
  const lines = text.split('\n');
  expect(lines[1]).toBe('  REGRESSED  cpu.serverPerMessage is 11.2% worse, and the margin is 5%');
  expect(lines.find((line) => line.includes('cpu.serverPerMessage') && line.includes('µs'))).toMatch(
    /41\.2 µs +45\.8 µs +\+11\.2% +\+9\.5% to \+12\.8% +5\.00% +\+8\.1% +regressed$/,
  );
  expect(text).toMatch(/response\.p99 .*inconclusive \(advisory\)/);
  expect(text).toContain('12 blocks with 48 runs, of which 1 block is invalid; looks after 12 of 12, 18, 24 blocks');
  expect(text).toContain('runs/x/report.html');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(110);
});

test('a comparison that proved nothing says so and shows no figure, and leaves out what few blocks cannot bound', () => {
  const comparison = equivalentComparison();
  const few = comparison.metrics.map((metric) => ({ ...metric, low: null, high: null, detectable: null }));
  const reasons = ['response.p50 may or may not be worse', '2 of 24 blocks: the time was up'];
  const text = comparisonTerminal({ ...comparison, verdict: 'inconclusive', valid: false, metrics: few, reasons }, plain);
  expect(text).toContain('  INVALID  response.p50 may or may not be worse');
  expect(text).toContain('           2 of 24 blocks: the time was up');
  expect(text).not.toMatch(/response\.p50 +\d/);
  expect(text).toContain('no figure of this comparison is shown');
  expect(comparisonTerminal({ ...comparison, metrics: few }, plain)).toMatch(/response\.p50 .* – +5\.00% +– +equivalent/);
});

test('broken delivery and missed limits are shown, without control characters of a side', () => {
  const comparison = exampleComparison();
  const text = comparisonTerminal(
    {
      ...comparison,
      a: { ...comparison.a, label: 'x\x1b[31m' },
      broken: [{ side: 'B', property: 'lost', runs: 2 }],
      checks: [{ name: 'response.p99 < 5ms', pass: false, actual: 10_300, limit: 5_000, unit: 'us' }],
    },
    plain,
  );
  expect(text).toMatch(/✕ .* in 2 runs/);
  expect(text).toContain("✕ response.p99 < 5ms 10.3 ms (median of B's runs; limit 5.00 ms)");
  expect(text).not.toContain('\x1b');
});

test('colours mark verdicts, and nothing is coloured unless asked', () => {
  const text = comparisonTerminal(exampleComparison(), { ...plain, colour: true });
  expect(text).toContain('\x1b[31m\x1b[1mREGRESSED');
});
