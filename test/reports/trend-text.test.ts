import { expect, it } from 'vitest';
import type { History } from '../../harness/evidence/result/history.ts';
import { trendText } from '../../reports/trend-text.ts';

const run = (minute: number, label: string | null = null): History['series'][number]['runs'][number] => ({
  run: String(minute),
  startedAt: `2026-11-24T12:${minute}:00.000Z`,
  label,
  verdict: 'pass',
  version: '1',
  runtime: 'node 26',
  letitcrash: '0.1.0',
});
const history: History = {
  schema: 'letitcrash.history/1',
  significance: 0.01,
  series: [
    {
      setup: {
        scenario: 'steady',
        target: 'reference',
        nodes: 1,
        config: {},
        users: 200,
        model: 'poisson 500/s',
        payloadBytes: 100,
        offlineShare: 0,
        driver: 'native',
        faults: [],
      },
      fingerprint: 'Linux 6.18 x64; 2 x Some CPU; 24 GiB',
      runs: [run(10), run(11), run(12, 'abc\u001b[31m')],
      metrics: [
        {
          name: 'response.p99',
          unit: 'us',
          better: 'lower',
          values: [1_000, null, 2_000],
          changes: [{ at: 2, before: 1_000, after: 2_000, ratio: 2, worse: true }],
          compared: true,
        },
        { name: 'rate', unit: '/s', better: 'higher', values: [5, 5, null], changes: [] },
      ],
    },
  ],
};

it('a history is shown series by series: the latest figure, how it developed, and since when it differs', () => {
  expect(trendText(history, { colour: false }).split('\n')).toEqual([
    '',
    'steady on reference (1 node, 200 users, poisson 500/s)',
    '  Linux 6.18 x64; 2 x Some CPU; 24 GiB; 3 runs',
    '  response.p99  2.00 ms    ▁ █',
    '    worse: 1.00 ms to 2.00 ms (+100.0%) since 2026-11-24T12:12:00.000Z abc�[31m',
    '  rate          5.00/s     ▁▁   (not compared)',
    '',
    '1 of 2 metrics was not compared: this takes 10 runs with one name, one setup and one kind of machine that measured it, but there are at most 2.',
  ]);
});

it('no control character of a label reaches the terminal', () => {
  expect(trendText(history, { colour: false })).not.toMatch(/\p{Cc}(?<!\n)/u);
});
