/**
 * What a cluster costs: the CPU of the server for one message, of three nodes and of one under the same load. Runs of both take turns in
 * the order ABBA, each with a fresh deployment and a warm-up that is not counted; two neighbours make a pair, and every pair a ratio. The
 * times are this machine's at this hour: the ratio is the figure.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { hodgesLehmann, signFlipInterval } from '../../../harness/evidence/stats/hodges-lehmann.ts';
import { quantileOfSorted } from '../../../harness/evidence/stats/quantile.ts';
import { plan } from '../../../harness/front/library/plan.ts';
import { playPlan } from '../../../harness/front/library/play-plan.ts';
import type { ScenarioInput } from '../../../harness/plan/scenario/schema.ts';

/** With fewer pairs the exact interval has no end at this confidence. */
const PAIRS = 6;
const CONFIDENCE = 0.95;
const NODES = 3;
const GOAL = 1.5;
const SCENARIO: ScenarioInput = {
  name: 'cluster-cost',
  target: { use: 'reference', durability: 'fsync' },
  users: 500,
  load: { model: 'poisson', rate: '1000/s', payload: '100B', warmUp: '3s', duration: '8s' },
};

interface Played {
  readonly nodes: number;
  /** For one acknowledged message. */
  readonly cpuUs: number;
  readonly p50Us: number | null;
  readonly p99Us: number | null;
}

export async function clusterCostBench(): Promise<void> {
  console.log('cluster-cost: 500 users, 1,000 messages/s of 100 bytes, durability fsync');
  const runs: Played[] = [];
  const ratios: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const order = pair % 2 === 0 ? [1, NODES] : [NODES, 1];
    const played: Played[] = [];
    for (const nodes of order) played.push(show(pair, await play(nodes, pair)));
    runs.push(...played);
    ratios.push(Math.log(cpuOf(played, NODES)) - Math.log(cpuOf(played, 1)));
  }
  for (const nodes of [1, NODES]) {
    const of = runs.filter((run) => run.nodes === nodes);
    console.log(
      `  ${labelOf(nodes)}, medians: ${us(median(of, ({ cpuUs }) => cpuUs))} of server CPU a message, ` +
        `p50 ${ms(median(of, ({ p50Us }) => p50Us))}, p99 ${ms(median(of, ({ p99Us }) => p99Us))}`,
    );
  }
  const { low, high } = signFlipInterval(ratios, CONFIDENCE);
  const ratio = Math.exp(hodgesLehmann(ratios));
  console.log(
    `CPU a message, ${NODES} nodes / 1 node: ${ratio.toFixed(2)} (${Math.exp(low).toFixed(2)} to ${Math.exp(high).toFixed(2)}) ` +
      `(goal <= ${GOAL}: ${ratio <= GOAL ? 'met' : 'MISSED'})`,
  );
}

/** @throws when the run is no evidence: it lost something, or the generator was late. */
async function play(nodes: number, pair: number): Promise<Played> {
  const outDir = join('runs', `bench-cluster-cost-${process.pid}`);
  try {
    // Both of a pair have the same load.
    const planned = await plan(SCENARIO, { set: [`target.nodes=${nodes}`], seed: 1_000 + pair });
    const { result } = await playPlan(planned, { outDir });
    const { verdict, reasons, cpu, latency } = result;
    if (verdict !== 'pass' || cpu.serverUsPerMessage === null) throw new Error(`${verdict}: ${reasons.join('; ')}`);
    return {
      nodes,
      cpuUs: cpu.serverUsPerMessage,
      p50Us: latency.response?.p50Us ?? null,
      p99Us: latency.response?.p99Us ?? null,
    };
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

function show(pair: number, played: Played): Played {
  const { nodes, cpuUs, p50Us, p99Us } = played;
  console.log(`  pair ${pair + 1}  ${labelOf(nodes)} ${us(cpuUs).padStart(8)} a message, p50 ${ms(p50Us)}, p99 ${ms(p99Us)}`);
  return played;
}

function cpuOf(played: readonly Played[], nodes: number): number {
  return played.find((run) => run.nodes === nodes)?.cpuUs ?? Number.NaN;
}

function labelOf(nodes: number): string {
  return nodes === 1 ? '1 node ' : `${nodes} nodes`;
}

function median(runs: readonly Played[], pick: (run: Played) => number | null): number | null {
  const values = runs.flatMap((run) => pick(run) ?? []);
  return values.length === 0 ? null : quantileOfSorted(Float64Array.from(values).sort(), 0.5);
}

function us(value: number | null): string {
  return value === null ? '–' : `${value.toFixed(0)} µs`;
}

function ms(value: number | null): string {
  return value === null ? '–' : `${(value / 1_000).toFixed(1)} ms`;
}

if (import.meta.main) await clusterCostBench();
