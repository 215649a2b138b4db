/** Summaries of k6 as its documentation shows them; numbers made up. */

const trend = (values: object, thresholds?: object) => ({
  type: 'trend',
  contains: 'time',
  values,
  ...(thresholds ? { thresholds } : {}),
});

/** What handleSummary is given. */
export function handledSummary() {
  return {
    root_group: { name: '', path: '', id: 'd41d8cd98f00b204e9800998ecf8427e', groups: [], checks: [] },
    options: { summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)'], summaryTimeUnit: '', noColor: true },
    state: { isStdOutTTY: false, isStdErrTTY: false, testRunDurationMs: 10_000 },
    metrics: {
      http_reqs: { type: 'counter', contains: 'default', values: { count: 1_000, rate: 100 } },
      http_req_failed: {
        type: 'rate',
        contains: 'default',
        values: { rate: 0.01, passes: 10, fails: 990 },
        thresholds: { 'rate<0.05': { ok: true } },
      },
      http_req_duration: trend(
        { avg: 12, min: 1.5, med: 10, max: 300, 'p(90)': 20, 'p(95)': 30, 'p(99)': 90, 'p(99.9)': 200, count: 1_000 },
        { 'p(95)<25': { ok: false } },
      ),
      data_received: { type: 'counter', contains: 'data', values: { count: 50_000, rate: 5_000 } },
      vus_max: { type: 'gauge', contains: 'default', values: { value: 7, min: 7, max: 7 } },
      iterations: { type: 'counter', contains: 'default', values: { count: 1_000, rate: 100 } },
    } as Record<string, { type: string; contains: string; values: Record<string, number | null>; thresholds?: object }>,
  };
}

/** The same as --summary-export writes it, with the statistics that k6 gives unasked. */
export function exportedSummary() {
  return {
    root_group: { name: '', path: '', id: 'd41d8cd98f00b204e9800998ecf8427e', groups: {}, checks: {} },
    metrics: {
      http_reqs: { count: 1_000, rate: 100 },
      http_req_failed: { passes: 10, fails: 990, value: 0.01, thresholds: { 'rate<0.05': false } },
      http_req_duration: { avg: 12, min: 1.5, med: 10, max: 300, 'p(90)': 20, 'p(95)': 30, thresholds: { 'p(95)<25': true } },
      data_received: { count: 50_000, rate: 5_000 },
      vus_max: { value: 7, min: 7, max: 7 },
      iterations: { count: 1_000, rate: 100 },
    },
  };
}
