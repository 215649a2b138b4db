import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownSummary } from '../../reports/markdown.ts';
import { MARKDOWN_SIZE_LIMIT } from '../../reports/markdown-text.ts';
import { arbitraryResult, RUNS } from './arbitrary-result.ts';
import { brokenResult, exampleResult, misdrivenResult, repeatedResult } from './example-result.ts';
import { expectPlainTables } from './plain-tables.ts';

describe('summary.md', () => {
  it('puts the table of key figures right below the verdict', () => {
    const lines = markdownSummary(exampleResult()).split('\n');
    expect(lines[0]).toBe('## Pass: quickstart');
    expect(lines[2]).toBe('| response p50 | p99 | p99.9 | a connection | lost | slowest recovery |');
    expect(lines[4]).toContain('8,214 B');
    expect(lines[4]).toContain('0 of 49,858');
    expect(lines[4]).toContain('1.96 s');
  });

  it('shows each broken check and property', () => {
    const page = markdownSummary(brokenResult());
    expect(page).toContain('| ❌ | response.p99 &lt; 50ms |');
    expect(page).toContain('| No loss | ❌ broken | 48 |');
  });

  it('names the driver that broke its rules, and does not blame the server', () => {
    const page = markdownSummary(misdrivenResult());
    expect(page).toContain('## Invalid: quickstart');
    expect(page).toMatch(/The driver chat .*broke the rule/);
    expect(page).toContain('Not judged: the mistakes of the driver cannot be separated from those of the server');
    expect(page).not.toMatch(/❌|48 of|u17 to u244/);
  });

  it('shows the distribution over the repeats of a fault, from injection and from heal', () => {
    const page = markdownSummary(repeatedResult());
    const { sloMs } = repeatedResult().recoveryDistribution[0]?.clocks ?? {};
    expect(page).toContain(`| kill-node ×20 | level regained, from injection | ${sloMs?.median} ms | **${sloMs?.p95} ms** |`);
    expect(page).toMatch(/\| kill-node ×20 \| level regained, from heal \| .* to unbounded \| .* \| 1 \|/);
  });

  it('keeps every table rectangular, lets no markup through and stays below its limit, whatever the result', () => {
    fc.assert(
      fc.property(arbitraryResult, (result) => {
        const page = markdownSummary(result);
        expect(Buffer.byteLength(page)).toBeLessThan(MARKDOWN_SIZE_LIMIT);
        expectPlainTables(page);
      }),
      RUNS,
    );
  });
});
