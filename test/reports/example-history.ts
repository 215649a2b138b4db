/** Forty nightly runs whose processor time a message grew by an eighth at the twenty-sixth, and a few on another machine. */

import { HISTORY_ENTRY_SCHEMA, type History, type HistoryEntry } from '../../harness/evidence/result/history.ts';
import { historyOf } from '../../harness/studies/history/trend.ts';

const NIGHTS = 40;
const SLOWER_FROM = 26;
const LEANER_FROM = 12;
const DAY_MS = 86_400_000;
const first = Date.UTC(2026, 9, 14, 3, 12, 44);

/** A wobble of about 3%, the same in every report. */
const wobble = (seed: number): number => 1 + 0.03 * Math.sin(seed * 12.9898) * Math.cos(seed * 4.1);

function entry(night: number, fingerprint: string): HistoryEntry {
  return {
    schema: HISTORY_ENTRY_SCHEMA,
    run: `${fingerprint}/${night}`,
    startedAt: new Date(first + night * DAY_MS).toISOString(),
    label: night % 7 === 3 ? null : (0xa1b2c3d + night * 7919).toString(16),
    verdict: night === 17 ? 'fail' : 'pass',
    version: '0.1.0',
    runtime: 'Node 26.10.0',
    letitcrash: '0.1.0',
    setup: {
      scenario: 'steady',
      target: 'reference',
      nodes: 1,
      config: { durability: 'fsync' },
      users: 2000,
      model: 'poisson 2,000/s',
      payloadBytes: 100,
      offlineShare: 0.1,
      driver: 'native',
      faults: ['kill-node at random'],
    },
    fingerprint,
    values: {
      'response.p50': 2_140 * wobble(night),
      ...(night === 9 ? {} : { 'response.p99': 9_800 * wobble(night + 50) ** 3 }),
      'cpu.serverPerMessage': 41.2 * wobble(night + 100) * (night >= SLOWER_FROM ? 1.125 : 1),
      'memory.perConnection': (night >= LEANER_FROM ? 7_400 : 8_214) * wobble(night + 150),
      'recovery.slo': 1_900 * wobble(night + 200),
    },
  };
}

export function exampleEntries(): readonly HistoryEntry[] {
  const nights = Array.from({ length: NIGHTS }, (_, night) => night);
  return [
    ...nights.map((night) => entry(night, 'Linux 6.18 x64; 2 x Example CPU; 23 GiB')),
    ...nights.slice(0, 6).map((night) => entry(night, 'Linux 6.18 x64; 8 x Another CPU; 31 GiB')),
  ];
}

export function exampleHistory(): History {
  return historyOf(exampleEntries());
}
