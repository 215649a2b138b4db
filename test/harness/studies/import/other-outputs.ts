/** Outputs of other tools and versions, as their sources and schemas have them; numbers made up. */

/** k6 run --new-machine-readable-summary --summary-export. */
export function machineSummary() {
  const counter = (name: string, count: number) => ({ name, type: 'counter', contains: 'default', values: { count } });
  return {
    version: '1.0.0',
    config: { duration: 60.5, execution: 'local', script: 'checkout.js' },
    metadata: { generatedAt: '2026-01-15T10:30:45.500Z', k6Version: '1.5.0' },
    results: {
      checks: { metrics: [counter('checks_total', 4)], results: [{ name: 'ok', passes: 4, fails: 0 }] },
      metrics: [
        counter('http_reqs', 1_500),
        { name: 'http_req_failed', type: 'rate', contains: 'default', values: { matches: 31, rate: 0.02, total: 1_500 } },
        {
          name: 'http_req_duration',
          type: 'trend',
          contains: 'time',
          values: { avg: 245.5, max: 456.5, med: 234.5, min: 123.5, 'p(90)': 387.5, 'p(95)': 421.5 },
        },
      ],
    },
  };
}

/** autocannon 0.16 of 2017: p999, nothing of mismatches, resets or how many latencies there are. */
export function autocannonOf2017() {
  return {
    url: 'http://127.0.0.1:3000',
    requests: { average: 100, mean: 100, stddev: 1, min: 90, max: 110, total: 1_000, sent: 1_010 },
    latency: {
      average: 5,
      mean: 5,
      stddev: 1,
      min: 1,
      max: 30,
      p50: 4,
      p75: 5,
      p90: 8,
      p99: 20,
      p999: 28,
      p9999: 29,
      p99999: 30,
    },
    throughput: { average: 1_000, mean: 1_000, stddev: 1, min: 1, max: 2, total: 10_000 },
    errors: 0,
    timeouts: 0,
    duration: 10,
    start: '2017-05-01T10:00:00.000Z' as string | number,
    finish: '2017-05-01T10:00:10.000Z',
    connections: 10,
    pipelining: 1,
    non2xx: 0,
    '1xx': 0,
    '2xx': 1_000,
    '3xx': 0,
    '4xx': 0,
    '5xx': 0,
  };
}

/** artillery 2 run --output. */
export function artilleryReport() {
  const times = { min: 1, max: 120, count: 58, mean: 20.4, p50: 18, median: 18, p75: 25, p90: 40, p95: 62, p99: 110, p999: 118 };
  return {
    aggregate: {
      counters: {
        'vusers.created': 20,
        'vusers.completed': 18,
        'vusers.failed': 2,
        'http.requests': 60,
        'http.responses': 58,
        'http.codes.200': 55,
        'http.codes.500': 3,
        'errors.ETIMEDOUT': 2,
      } as Record<string, number>,
      rates: { 'http.request_rate': 6 },
      firstCounterAt: 1_650_656_208_000,
      firstMetricAt: 1_650_656_208_000,
      lastCounterAt: 1_650_656_218_000,
      lastMetricAt: 1_650_656_218_000,
      period: 1_650_656_210_000,
      summaries: { 'http.response_time': times },
      histograms: { 'http.response_time': times },
    },
    intermediate: [] as unknown[],
  };
}

/** artillery 1 run --output. */
export function firstArtilleryReport() {
  return {
    aggregate: {
      timestamp: '2019-03-16T15:22:25.000Z',
      scenariosCreated: 10,
      scenariosCompleted: 9,
      requestsCompleted: 95,
      latency: { min: 3, max: 88.5, median: 12, p95: 40, p99: 80 } as Record<string, number | null>,
      rps: { count: 100, mean: 10 },
      scenarioDuration: { min: 100, max: 900, median: 300, p95: 800, p99: 890 },
      errors: { ECONNRESET: 5 },
      codes: { '200': 95 } as Record<string, number>,
    },
    intermediate: [],
  };
}
