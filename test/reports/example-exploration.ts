/** An exploration that found a loss, and a replay of what it found. */
import {
  type ExplorationResult,
  explorationSchema,
  type ReplayResult,
  replaySchema,
} from '../../harness/evidence/result/exploration.ts';

const TARGET = {
  name: 'calibrated',
  version: '0.1.0',
  runtime: 'node v26.10.0',
  nodes: 3,
  config: { durability: 'commit', nodes: 3, latency: '5ms' },
};

export function exampleExploration(): ExplorationResult {
  return explorationSchema.parse({
    schema: 'letitcrash.exploration/1',
    mode: 'real',
    seed: 7,
    startedAt: '2026-11-30T10:00:00.000Z',
    durationMs: 92_400,
    schedules: 41,
    schedulesPerSecond: 0.62,
    discounted: [{ reason: 'kill-node-2 could not be verified: the process was gone already', schedule: [] }],
    reductionRuns: 12,
    reduction: { budgetMs: 60_000, tookMs: 41_200, complete: true },
    ending: 'found',
    target: TARGET,
    users: 60,
    loadMs: 2000,
    acked: 16_204,
    faults: {
      'kill-node': { drawn: 38, verified: 35, impossible: 3 },
      partition: { drawn: 20, verified: 20, impossible: 0 },
    },
    found: [
      {
        property: 'lost',
        seed: 4711,
        schedule: [
          { at: '200 ms', kind: 'kill-process', target: 'random' },
          { at: '0.6s', kind: 'kill-node', for: '400 ms', target: 'n2' },
          { at: '900 ms', kind: 'partition', for: '300 ms', nodes: ['n1', 'n3'] },
        ],
        minimal: [{ at: '600 ms', kind: 'kill-node', for: '100 ms', target: 'n2' }],
        reproduction: { runs: 10, failures: 9, low: 0.596, high: 0.982 },
        evidence: ['lost: message 17 of u3 to u9 was acknowledged at 0.581 s and never arrived'],
        scenario: 'found-1.yaml',
      },
    ],
    reproduce: 'letitcrash explore --target calibrated --nodes 3 --seed 7',
  });
}

export function cleanExploration(): ExplorationResult {
  return { ...exampleExploration(), found: [], ending: 'spent', discounted: [], reductionRuns: 0, reduction: null };
}

export function exampleReplay(): ReplayResult {
  const lost = { discounted: null, broken: ['lost'], acked: 391 };
  return replaySchema.parse({
    schema: 'letitcrash.replay/1',
    scenario: 'found-1',
    seed: 4711,
    reproduction: { runs: 4, failures: 3, low: 0.301, high: 0.954 },
    discounted: ['kill-node-1 could not be verified: the process was gone already'],
    broken: { lost: 3 },
    evidence: ['lost: message 17 of u3 to u9 was acknowledged at 0.581 s and never arrived'],
    interrupted: false,
    startedAt: '2026-11-30T10:05:00.000Z',
    durationMs: 14_200,
    target: TARGET,
    users: 60,
    loadMs: 2000,
    schedule: exampleExploration().found[0]?.minimal,
    trials: [
      lost,
      { discounted: null, broken: [], acked: 402 },
      { discounted: 'kill-node-1 could not be verified: the process was gone already', broken: [], acked: 0 },
      lost,
      lost,
    ],
    reproduce: 'letitcrash replay found-1.yaml --times 4 --seed 4711',
  });
}

/** As they were written before the schedule and the single runs were kept. */
export function oldReplay(): ReplayResult {
  const { schema, scenario, seed, reproduction, discounted, broken, evidence, interrupted } = exampleReplay();
  return replaySchema.parse({ schema, scenario, seed, reproduction, discounted, broken, evidence, interrupted });
}
