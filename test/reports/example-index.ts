/** An index with an entry of every kind. */
import type { IndexEntry, RunIndex } from '../../harness/evidence/result/run-index.ts';

function entry(change: Partial<IndexEntry>): IndexEntry {
  return {
    folder: '20261129-080000-quickstart-reference',
    kind: 'run',
    document: 'result.json',
    sizeBytes: 120_000,
    modifiedMs: 1_795_900_000_000,
    page: 'report.html',
    verdict: 'Pass',
    state: 'good',
    name: 'quickstart',
    about: 'reference 1, 1 node',
    startedAt: '2026-11-29T08:00:00.000Z',
    durationMs: 25_200,
    figures: [
      { name: 'p50', value: 2030, unit: 'us', words: null },
      { name: 'p99', value: 4200, unit: 'us', words: null },
      { name: 'lost', value: 0, unit: 'count', words: null },
      { name: 'slowest recovery', value: 2580, unit: 'ms', words: null },
    ],
    ...change,
  };
}

export function exampleIndex(): RunIndex {
  return {
    schema: 'letitcrash.index/1',
    entries: [
      entry({}),
      entry({
        folder: '20261129-090000-kill-node-reference',
        name: 'kill-node',
        verdict: 'Fail',
        state: 'bad',
        startedAt: '2026-11-29T09:00:00.000Z',
        figures: [
          { name: 'p50', value: null, unit: 'us', words: 'not measured' },
          { name: 'lost', value: 48, unit: 'count', words: null },
          { name: 'slowest recovery', value: null, unit: 'ms', words: 'never' },
        ],
      }),
      entry({
        folder: '20261128-090000-compare-reference',
        kind: 'comparison',
        document: 'comparison.json',
        verdict: 'Inconclusive',
        state: 'open',
        name: 'durability=fsync against durability=commit',
        about: 'compare on reference 1, 1 node',
        figures: [
          { name: 'response.p99', value: 1.032, unit: 'ratio', words: null },
          { name: 'memory.perConnection', value: null, unit: 'ratio', words: 'no ratio' },
        ],
      }),
      entry({
        folder: '20261127-090000-explore-calibrated',
        kind: 'exploration',
        document: 'exploration.json',
        verdict: 'Found',
        state: 'bad',
        name: 'exploration of calibrated',
        figures: [{ name: 'schedules', value: 41, unit: 'count', words: null }],
      }),
      entry({
        folder: '../history',
        kind: 'trend',
        document: 'history.ndjson',
        page: 'trend.html',
        verdict: 'No change for the worse was found',
        state: 'open',
        name: 'trend of quickstart',
        durationMs: null,
        startedAt: '',
        figures: [{ name: 'runs', value: 14, unit: 'count', words: null }],
      }),
    ],
    older: 7,
    unreadable: [{ folder: 'damaged', why: 'damaged: is not a result of this version' }],
  };
}
