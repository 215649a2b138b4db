/** A realistic Result, simulated: 2,000 users, a poisson load, fifty users' processes killed and then the node. Seeded. */
import { logEdges } from '../../harness/evidence/measure/heat.ts';
import { recoveryDistributions } from '../../harness/evidence/measure/recovery-distribution.ts';
import {
  type Delivery,
  type Heat,
  type LatencySummary,
  RESULT_SCHEMA,
  type Result,
} from '../../harness/evidence/result/result.ts';
import { intactDelivery } from '../harness/evidence/result/intact-delivery.ts';

const STEP_MS = 100;
const SLOTS = 260;
const RATE = 2000;
const USERS = 2000;
const ONLINE = 1800;
const KILL_PROCESS_MS = 8_000;
const KILL_NODE_MS = 14_000;
const DOWN_MS = 1_500;

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a summary of these latencies would be; `sorted` ascending, in microseconds. */
export function summarise(values: readonly number[]): LatencySummary {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (percentile: number): number =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1))] ?? 0;
  const percentiles: number[] = [0];
  for (let share = 1; share > 1 / Math.max(1, sorted.length); share *= 0.84) percentiles.push(100 * (1 - share * 0.84));
  percentiles.push(100);
  return {
    count: sorted.length,
    minUs: at(0),
    p50Us: at(50),
    p90Us: at(90),
    p99Us: at(99),
    p999Us: at(99.9),
    maxUs: at(100),
    curve: percentiles.slice(0, 200).map((percentile) => [percentile, at(percentile)]),
  };
}

const HEAT_SLOTS = 3;

function heat(slots: readonly (readonly number[])[]): Heat {
  const all = slots.flat();
  const bucketsUs = logEdges(
    all.reduce((best, us) => Math.min(best, us)),
    all.reduce((best, us) => Math.max(best, us)),
  );
  const counts = Array.from({ length: Math.ceil(slots.length / HEAT_SLOTS) }, (_, column) => {
    const own = slots.slice(column * HEAT_SLOTS, (column + 1) * HEAT_SLOTS).flat();
    return bucketsUs.slice(1).map((edge, bucket) => own.filter((us) => us >= (bucketsUs[bucket] as number) && us < edge).length);
  });
  return { stepMs: STEP_MS * HEAT_SLOTS, bucketsUs, counts };
}

/** Of a run with messages, which are accounted for. */
type ExampleResult = Result & { readonly delivery: Delivery };

/** Each is simulated once: it takes tens of thousands of messages. */
const simulated = new Map<number, ExampleResult>();

/** The run that `npx letitcrash run quickstart` would show on a good day; a copy for whoever asks. */
export function exampleResult(seed = 7): ExampleResult {
  const result = simulated.get(seed) ?? simulate(seed);
  simulated.set(seed, result);
  return structuredClone(result);
}

function simulate(seed: number): ExampleResult {
  const random = mulberry32(seed);
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const zeros = (): number[] => new Array<number>(SLOTS).fill(0);
  const timeline = {
    stepMs: STEP_MS,
    offered: zeros(),
    sent: zeros(),
    acked: zeros(),
    delivered: zeros(),
    failed: zeros(),
    connected: zeros(),
    p50Us: [] as (number | null)[],
    p99Us: [] as (number | null)[],
    maxUs: [] as (number | null)[],
  };
  const response: number[] = [];
  const slots: number[][] = [];
  const service: number[] = [];
  const lag: number[] = [];
  for (let slot = 0; slot < SLOTS; slot += 1) {
    const startMs = slot * STEP_MS;
    const own: number[] = [];
    const meant = startMs >= 25_000 ? 0 : Math.max(0, Math.round((RATE * STEP_MS) / 1000 + 14 * gauss()));
    for (let message = 0; message < meant; message += 1) {
      const atMs = startMs + random() * STEP_MS;
      const serviceUs = Math.round(1_900 * Math.exp(0.45 * gauss()) + (random() < 0.004 ? 9_000 * random() : 0));
      const lagUs = Math.round(60 + 240 * random() ** 3);
      let waitUs = 0;
      if (atMs >= KILL_NODE_MS && atMs < KILL_NODE_MS + DOWN_MS)
        waitUs = (KILL_NODE_MS + DOWN_MS - atMs) * 1000 + 240_000 * random();
      else if (atMs >= KILL_PROCESS_MS && atMs < KILL_PROCESS_MS + 120 && random() < 0.025) waitUs = 30_000 + 90_000 * random();
      const us = serviceUs + lagUs + Math.round(waitUs);
      own.push(us);
      response.push(us);
      service.push(serviceUs + (waitUs > 0 ? 3_000 : 0));
      lag.push(lagUs);
      timeline.offered[slot] = (timeline.offered[slot] as number) + 1;
      const sentSlot = Math.min(SLOTS - 1, Math.floor((atMs + waitUs / 1000) / STEP_MS));
      const doneSlot = Math.min(SLOTS - 1, Math.floor((atMs + us / 1000) / STEP_MS));
      timeline.sent[sentSlot] = (timeline.sent[sentSlot] as number) + 1;
      timeline.acked[doneSlot] = (timeline.acked[doneSlot] as number) + 1;
      if (random() < 0.97) timeline.delivered[doneSlot] = (timeline.delivered[doneSlot] as number) + 1;
    }
    timeline.connected[slot] =
      startMs >= KILL_NODE_MS && startMs < KILL_NODE_MS + DOWN_MS
        ? 0
        : startMs >= KILL_NODE_MS && startMs < KILL_NODE_MS + DOWN_MS + 400
          ? Math.round((ONLINE * (startMs - KILL_NODE_MS - DOWN_MS)) / 400)
          : startMs === KILL_PROCESS_MS
            ? ONLINE - 50
            : ONLINE + Math.round(6 * gauss());
    slots.push(own);
    const summary = summarise(own);
    timeline.p50Us.push(own.length === 0 ? null : summary.p50Us);
    timeline.p99Us.push(own.length === 0 ? null : summary.p99Us);
    timeline.maxUs.push(own.length === 0 ? null : summary.maxUs);
  }
  const sent = response.length;
  const total = summarise(response);
  return {
    schema: RESULT_SCHEMA,
    verdict: 'pass',
    reasons: [],
    scenario: {
      name: 'quickstart',
      sha256: '5c1f0e4cb6d2a83a9c0f1b7b0a7e0f6a7a6d9c6f52b0f5b6a1be0c9fd7e3a410',
      summary:
        'Two thousand users chat at 2,000 messages a second, one in ten offline at any time; fifty users lose their process, then the node is killed. Nobody loses a message.',
    },
    seed: 20_261_124,
    startedAt: '2026-11-24T03:12:44.120Z',
    durationMs: 25_000,
    aborted: null,
    measuredBy: null,
    target: {
      name: 'reference',
      version: '0.1.0',
      runtime: 'Node 26.10.0',
      nodes: 1,
      config: { durability: 'fsync', lingerMs: 30_000, window: 64 },
    },
    environment: {
      arena: true,
      os: 'Linux 6.18.0',
      arch: 'x64',
      cpu: 'AMD EPYC 9R14',
      cores: 2,
      memoryBytes: 25_216_106_496,
      node: '26.10.0',
      letitcrash: '0.1.0',
      openFilesLimit: 20_000,
      stealShare: 0.0043,
      loadAverage: 1.42,
    },
    load: {
      users: USERS,
      connections: ONLINE,
      offered: sent,
      sent,
      ratePerSecond: sent / 25,
      ackedPerSecond: sent / 25,
      workers: 1,
      lagUs: { p50: summarise(lag).p50Us, p99: summarise(lag).p99Us, max: summarise(lag).maxUs },
      valid: true,
      model: 'poisson 2,000/s',
      driver: 'native',
      loop: 'open',
      resolutionUs: 1,
      payloadBytes: 100,
      offlineShare: 0.1,
      reconnects: 2412,
      sessionsEnded: [
        { code: 0, reason: 'ECONNREFUSED', by: 'network', count: 3_604 },
        { code: 0, reason: 'connection closed', by: 'network', count: 1_800 },
        { code: 4_011, reason: 'restarting', by: 'server', count: 50 },
      ],
      driverViolations: [],
    },
    latency: {
      response: total,
      service: summarise(service),
      lag: summarise(lag),
      delivery: summarise(response.map((us) => us + 300)),
    },
    delivery: intactDelivery(sent, { duplicatesWire: 31, receipts: 1_204 }),
    http: null,
    memory: {
      perConnection: {
        bytes: 8214,
        low: 7980,
        high: 8450,
        heapBytes: 3120,
        nativeBytes: 5094,
        kernelBytes: 3890,
        heapLow: 2_900,
        heapHigh: 3_400,
        kernelLow: 3_500,
        kernelHigh: 4_300,
      },
      plateaus: [0, 450, 900, 1350, 1800].map((connections) => ({
        connections,
        pssBytes: Math.round(61_400_000 + connections * 8214 + 40_000 * gauss()),
        heapBytes: Math.round(14_200_000 + connections * 3120),
        kernelBytes: connections * 3890,
      })),
      rehearsed: true,
      returnedToBaseline: true,
      baseline: { emptyBytes: 61_000_000, afterBytes: 63_500_000, allowanceBytes: 8_388_608 },
      rounds: [0, 1, 2, 3, 4, 5].map((round) => ({
        cycled: 2_000 * round,
        messages: 0,
        pssBytes: 63_500_000 + 24_000 * round,
        heapBytes: 21_000_000 + 2_000 * round,
      })),
      leak: { bytesPerConnection: 12, low: 8, high: 15, toleranceBytes: 64, ...heapOf(9, 64), leaking: false },
      leakPerMessage: { bytesPerMessage: 3, low: 1, high: 4, toleranceBytes: 16, ...heapOf(2, 16), leaking: false },
      peakPssBytes: { nodes: [102_432_768], workers: 88_375_296 },
    },
    cpu: { nodes: [0.412], workers: 0.377, serverUsPerMessage: 206.2 },
    faults: [
      {
        id: 'fault-1',
        kind: 'kill-process',
        target: '50 users',
        requested: { count: 50, target: 'random' },
        injectedAtMs: 8_002.4,
        healedAtMs: 8_041.9,
        verified: true,
        struck: true,
        evidence: ['asked for 50 processes, 50 are gone or have a new incarnation'],
        affectedUsers: 50,
      },
      {
        id: 'fault-2',
        kind: 'kill-node',
        target: 'node n1',
        requested: { target: 'random' },
        injectedAtMs: 14_000.7,
        healedAtMs: 15_513.2,
        verified: true,
        struck: true,
        evidence: [
          'asked for SIGKILL of n1; its process no longer exists',
          'a connection to its port is refused',
          'started again as incarnation 2; its port accepts connections',
        ],
        affectedUsers: ONLINE,
      },
    ],
    promised: ['receipts', 'presence', 'resume'],
    recoveryLevel: { share: 0.99, us: 14_900, source: 'steady', steadyP99Us: 7_450, meaningless: null },
    recovery: [
      {
        fault: 'fault-1',
        detectedMs: 1.9,
        firstSuccessMs: 22.4,
        reconnected99Ms: 117.6,
        sloMs: 200,
        drainedMs: 131.2,
        longestGapMs: 118.8,
        excessLatencyMs: 412,
        fromHeal: null,
        watchedMs: 16_997.6,
        overlaps: null,
        censored: false,
        noticed: true,
      },
      {
        fault: 'fault-2',
        detectedMs: 1.2,
        firstSuccessMs: 1_548.1,
        reconnected99Ms: 1_911.4,
        sloMs: 1_900,
        drainedMs: 1_960.3,
        longestGapMs: 1_560.2,
        excessLatencyMs: 2_411_880,
        fromHeal: { firstSuccessMs: 35.6, reconnected99Ms: 398.9, sloMs: 400, drainedMs: 447.8, watchedMs: 9_486.8 },
        watchedMs: 10_999.3,
        overlaps: null,
        censored: false,
        noticed: true,
      },
    ],
    recoveryDistribution: [],
    worstSeconds: [
      {
        fromMs: 8000,
        toMs: 9000,
        messages: 2011,
        p99Us: null,
        slowest: [
          {
            id: 17,
            sender: 'u3',
            recipient: 'u9',
            session: 2,
            node: null,
            seq: null,
            intendedMs: 8004.25,
            sentMs: 8004.5,
            answeredMs: null,
            arrivedMs: null,
            responseUs: null,
          },
          {
            id: 5,
            sender: 'u12',
            recipient: 'u4',
            session: 1,
            node: 'n1',
            seq: 31,
            intendedMs: 8010.125,
            sentMs: 8010.5,
            answeredMs: 9980.75,
            arrivedMs: 9981.5,
            responseUs: 1_970_625,
          },
        ],
        log: [{ file: 'n1-2.log', byMs: 8750, line: 'listening again' }],
        moreLog: 3,
      },
      { fromMs: 9000, toMs: 9500, messages: 900, p99Us: 1_410_000, slowest: [], log: [], moreLog: 0 },
    ],
    checks: [
      { name: 'response.p50 < 20ms', pass: true, actual: total.p50Us, limit: 20_000, unit: 'us' },
      { name: 'recovery.slo < 5s', pass: true, actual: 1_900, limit: 5_000, unit: 'ms' },
      { name: 'memory.perConnection < 20KB', pass: true, actual: 8214, limit: 20_000, unit: 'bytes' },
    ],
    timeline: { ...timeline, heat: heat(slots) },
    reproduce: 'npx letitcrash run quickstart --seed 20261124',
  };
}

/** The same run on a server that forgets, with a fault nobody recovered from. */
export function brokenResult(): ExampleResult {
  const result = exampleResult(11);
  return {
    ...result,
    verdict: 'fail',
    reasons: [
      'lost: 48 × acknowledged message never delivered',
      'reordered: 3 × message delivered out of order',
      'response.p99 was 1.53e+6 us; the limit is 50000 us',
    ],
    delivery: {
      ...result.delivery,
      lost: 48,
      delivered: result.delivery.delivered - 48,
      reordered: 3,
      evidence: [
        { property: 'lost', message: 'u17 to u244, id 31: acknowledged at 14.213 s, never delivered' },
        { property: 'lost', message: 'u93 to u1012, id 7: acknowledged at 14.219 s, never delivered' },
        { property: 'reordered', message: 'u5 to u80: id 12 arrived before id 11' },
      ],
    },
    recovery: result.recovery.map((clocks) =>
      clocks.fault === 'fault-2' ? { ...clocks, sloMs: null, drainedMs: null, censored: true } : clocks,
    ),
    checks: [
      ...result.checks,
      { name: 'response.p99 < 50ms', pass: false, actual: result.latency.response?.p99Us ?? null, limit: 50_000, unit: 'us' },
    ],
  };
}

/** The same run again, by a driver of the scenario's own that broke its rules: what the ledger counted may be its doing. */
export function misdrivenResult(): ExampleResult {
  const result = brokenResult();
  const violation = {
    driver: 'chat (chat-driver.ts)',
    rule: 'settles-once',
    means: 'a message is acknowledged or refused once for each time that it was sent',
    count: 12,
    example: 'acked(4) of u7, whose message 4 was settled before',
  };
  return {
    ...result,
    verdict: 'invalid',
    reasons: [
      `the driver ${violation.driver} broke the rule "${violation.means}" (settles-once), 12 times, first: ${violation.example}; the server is not blamed`,
    ],
    load: { ...result.load, driverViolations: [violation] },
    latency: { ...result.latency, response: null, service: null },
  };
}

const REPEATS = 20;

/** A node killed twenty times in one run, and in the last of them not recovered from; the third overlaps the second. */
export function repeatedResult(): Result {
  const result = exampleResult(13);
  const [, fault] = result.faults as [unknown, Result['faults'][number]];
  const [, clocks] = result.recovery as [unknown, Result['recovery'][number]];
  const random = mulberry32(29);
  const occurrences = Array.from({ length: REPEATS }, (_, index) => `kill-node-1.${index + 1}`);
  const recovery = occurrences.map((id, index): Result['recovery'][number] => {
    const reconnected99Ms = 400 + 300 * random();
    const never = index === REPEATS - 1;
    const backMs = never ? null : Math.round(reconnected99Ms / 10) * 10 + 100;
    const drainedMs = reconnected99Ms + 80 * random();
    return {
      ...clocks,
      fault: id,
      detectedMs: 1 + random(),
      firstSuccessMs: 330 + 60 * random(),
      reconnected99Ms,
      sloMs: backMs,
      drainedMs,
      fromHeal: {
        firstSuccessMs: 20 * random(),
        reconnected99Ms: reconnected99Ms - 300,
        sloMs: backMs === null ? null : backMs - 300,
        drainedMs: drainedMs - 300,
        watchedMs: 4_700,
      },
      watchedMs: 5_000,
      overlaps: index === 2 ? 'kill-node-1.2' : null,
      censored: never,
    };
  });
  return {
    ...result,
    faults: occurrences.map((id, index) => ({
      ...fault,
      id,
      injectedAtMs: 2_000 + 1_000 * index,
      healedAtMs: 2_300 + 1_000 * index,
    })),
    recovery,
    recoveryDistribution: recoveryDistributions(recovery, [{ fault: 'kill-node-1', kind: 'kill-node', occurrences }]),
  };
}

function heapOf(bytes: number, heapToleranceBytes: number) {
  return { heapBytes: bytes, heapLow: bytes - 1, heapHigh: bytes + 1, heapToleranceBytes };
}
