/**
 * Our node beside a bare `ws` relay: throughput on one server core, and memory a connection. Ratios of medians of runs taken
 * in turns; the absolute figures are this machine's at this hour.
 */
import { bareMemory, referenceMemory } from './memory.ts';
import { BUSY, bareThroughput, referenceThroughput, type Shape, SPREAD, type Throughput } from './throughput.ts';

const ROUNDS = 3;
const CROWD = 15_000;

export async function relayBench(): Promise<void> {
  await throughput('100 users, 32 messages each on their way', BUSY);
  await throughput('2,000 users, 1 message each on its way', SPREAD);
  await memory();
}

async function throughput(what: string, shape: Shape): Promise<void> {
  console.log(`relay: ${what}`);
  const bare: Throughput[] = [];
  const memory: Throughput[] = [];
  const fsync: Throughput[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    bare.push(show(`round ${round}  bare ws`, await bareThroughput(shape)));
    memory.push(show(`round ${round}  memory`, await referenceThroughput('memory', shape)));
    fsync.push(show(`round ${round}  fsync`, await referenceThroughput('fsync', shape)));
  }
  const yardstick = median(bare);
  verdict('  durability memory / bare ws', median(memory) / yardstick, '>=', 0.6);
  verdict('  durability fsync / bare ws', median(fsync) / yardstick, '>=', 0.4);
}

function show(label: string, run: Throughput): Throughput {
  const { perSecond, serverCpuShare, clientCpuShare } = run;
  const rate = Math.round(perSecond).toLocaleString('en').padStart(8);
  console.log(
    `  ${label.padEnd(17)} ${rate} messages/s, server core ${percent(serverCpuShare)}, load core ${percent(clientCpuShare)}`,
  );
  return run;
}

async function memory(): Promise<void> {
  const bareBytes = await bareMemory(CROWD);
  const ourBytes = await referenceMemory(CROWD);
  console.log(
    `  ${CROWD.toLocaleString('en')} idle connections: bare ws ${Math.round(bareBytes)} bytes each, ours ${Math.round(ourBytes)}`,
  );
  verdict('memory a connection, user process included / bare ws', ourBytes / bareBytes, '<=', 1.5);
}

function verdict(what: string, ratio: number, comparator: '>=' | '<=', goal: number): void {
  const met = comparator === '>=' ? ratio >= goal : ratio <= goal;
  console.log(`${what}: ${percent(ratio)} (goal ${comparator} ${percent(goal)}: ${met ? 'met' : 'MISSED'})`);
}

function median(runs: readonly Throughput[]): number {
  const sorted = runs.map(({ perSecond }) => perSecond).toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)}%`;
}

if (import.meta.main) await relayBench();
