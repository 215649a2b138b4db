/** The worst seconds in every report: messages by the numbers that logs know them by. */
import { describe, expect, it } from 'vitest';
import type { Result } from '../../harness/evidence/result/result.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { markdownSummary } from '../../reports/markdown.ts';
import { exampleResult } from './example-result.ts';
import { allIn, parsePage } from './page-elements.ts';
import { textOf } from './well-formed.ts';

const ID = 446_874_278_049_801;
const SEQ = 9_131_072;
const SESSION = 20_481;

function withLongNumbers(): Result {
  const result = exampleResult();
  const worstSeconds = result.worstSeconds.map((second) => ({
    ...second,
    slowest: second.slowest.map((message) => ({ ...message, id: ID, seq: SEQ, session: SESSION })),
  }));
  return { ...result, worstSeconds };
}

describe('the worst seconds', () => {
  it('print message, session and sequence numbers on the page as they are in logs, so that they can be found there', () => {
    const page = htmlReport(withLongNumbers());
    const shown = allIn(page, 'data').map(textOf);
    for (const name of [ID, SEQ, SESSION]) expect(shown).toContain(String(name));
    expect(textOf(parsePage(page))).not.toMatch(/446,874|9,131|20,481/u);
  });

  it('are in summary.md as well, with the slowest message of each and the server’s first line of that second', () => {
    const page = markdownSummary(withLongNumbers());
    expect(page).toContain('### The worst seconds');
    const rows = page.split('\n').filter((line) => line.includes(' s to '));
    expect(rows).toHaveLength(2);
    expect(rows[0]).toContain(
      `| 8 s to 9 s | never answered | 2,011 | ${ID} of u3 to u9, seq ${SEQ} | never | n1-2.log: listening again |`,
    );
    expect(rows[1]).toContain('| 1.41 s | 900 | – | – | – |');
  });

  it('have no heading in summary.md if no second was timed', () => {
    expect(markdownSummary({ ...exampleResult(), worstSeconds: [] })).not.toContain('worst seconds');
  });
});
