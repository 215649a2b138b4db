/**
 * Our node beside a bare `ws` relay: throughput on one server core, and memory a connection. Ratios of medians of runs taken
 * in turns; the absolute figures are this machine's at this hour. On a machine that others use too, the server's core is not
 * all its own: messages per second of its CPU time tell what it would do, as long as it need not wait for the disk.
 */
import type { LoadResult } from './load.ts';
import { bareMemory, referenceMemory } from './memory.ts';
import { BUSY, bareThroughput, referenceThroughput, type Shape, SPREAD } from './throughput.ts';

const MEASURES = [
  ['by the clock', ({ perSecond }: LoadResult) => perSecond],
  ['by server CPU time', ({ perServerCpuSecond }: LoadResult) => perServerCpuSecond],
] as const;
const ROUNDS = 3;
const CROWD = 15_000;

export async function relayBench(): Promise<void> {
  await throughput('100 users, 32 messages each on their way', BUSY);
  await throughput('2,000 users, 1 message each on its way', SPREAD);
  await memory();
}

async function throughput(what: string, shape: Shape): Promise<void> {
  console.log(`relay: ${what}`);
  const bare: LoadResult[] = [];
  const memory: LoadResult[] = [];
  const fsync: LoadResult[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    bare.push(show(`round ${round}  bare ws`, await bareThroughput(shape)));
    memory.push(show(`round ${round}  memory`, await referenceThroughput('memory', shape)));
    fsync.push(show(`round ${round}  fsync`, await referenceThroughput('fsync', shape)));
  }
  for (const [label, pick] of MEASURES) {
    const yardstick = median(bare, pick);
    verdict(`  durability memory / bare ws, ${label}`, median(memory, pick) / yardstick, '>=', 0.6);
    verdict(`  durability fsync / bare ws, ${label}`, median(fsync, pick) / yardstick, '>=', 0.4);
  }
}

function show(label: string, run: LoadResult): LoadResult {
  const { perSecond, perServerCpuSecond, serverCpuShare, clientCpuShare } = run;
  const rate = Math.round(perSecond).toLocaleString('en').padStart(8);
  const perCpu = Math.round(perServerCpuSecond).toLocaleString('en').padStart(8);
  console.log(
    `  ${label.padEnd(17)} ${rate} messages/s, ${perCpu} per second of server CPU; cores: server ${percent(serverCpuShare)}, load ${percent(clientCpuShare)}`,
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

function median(runs: readonly LoadResult[], pick: (run: LoadResult) => number): number {
  const sorted = runs.map(pick).toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)}%`;
}

if (import.meta.main) await relayBench();
