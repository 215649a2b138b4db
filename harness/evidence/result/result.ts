/**
 * The Result of a run: the single source of truth for every report, versioned, and the contract with everything outside.
 *
 * A Result is a pure function of the observations; a report is a pure function of a Result. Times are microseconds (Us) or
 * milliseconds (Ms) since the start of the load, memory is in bytes. `null` means "not measured", never zero.
 */
import { z } from 'zod';
import { PROFILE_KINDS } from './profile.ts';

export const RESULT_SCHEMA = 'letitcrash.result/1';

/** Capabilities of a target that are promises to its users: what is not promised is not judged, and is not reported as kept. */
export const PROMISES = ['receipts', 'presence', 'resume'] as const;

const count = z.number().int().nonnegative();
const number = z.number();
const nullable = number.nullable();

const latency = z.object({
  /** Messages that were answered. */
  count,
  /**
   * Messages that nobody ever answered: they count as an endless wait, so that a percentile which only they reach is null, and means
   * "never"; so does the maximum. Absent if it is not known: in results from before it was counted, of another tool, and of a run that was
   * interrupted before anybody waited for the answers.
   */
  unanswered: count.optional(),
  /**
   * Messages that were answered after their senders had left by choice, or had been kept away by a fault of their own side. They are not in
   * `count`: the percentiles know of them that they took longer than until then. Absent if it is not known.
   */
  released: count.optional(),
  minUs: number,
  p50Us: number,
  p90Us: number,
  p99Us: number,
  p999Us: number,
  maxUs: number,
  /** The percentile curve: [percentile, microseconds] from the histogram, at most 200 points. */
  curve: z.array(z.tuple([number, number])),
});

/**
 * Latencies that another tool may have measured only in part: what it was not asked for, or does not report, is null. For a run that
 * letitcrash measured, null means that so large a share was never answered.
 */
const toldLatency = latency.extend({
  count: count.nullable(),
  minUs: nullable,
  p50Us: nullable,
  p90Us: nullable,
  p99Us: nullable,
  p999Us: nullable,
  maxUs: nullable,
});

/** The distribution of response times over the run: counts in columns of time and buckets of latency. */
const heat = z.object({
  /** Width of one column: a multiple of the slots'. At most 120 columns; column i covers [i, i+1) * stepMs since the load began. */
  stepMs: number,
  /**
   * Edges of the buckets, ascending and evenly spaced on a logarithmic scale: bucket i covers [edge i, edge i+1). The first bucket also
   * holds what is below it.
   */
  bucketsUs: z.array(number),
  /** One list for each column, one count for each bucket: acknowledged messages that were intended in that column. */
  counts: z.array(z.array(count)),
});

const timeline = z.object({
  /** Width of one slot. */
  stepMs: number,
  /** Columns of equal length; slot i covers [i, i+1) * stepMs since the load began; `offered` counts intended times. */
  offered: z.array(count),
  sent: z.array(count),
  acked: z.array(count),
  delivered: z.array(count),
  failed: z.array(count),
  connected: z.array(count),
  /** Response time of the messages intended in this slot; null if there were none, or if so large a share was never answered. */
  p50Us: z.array(nullable),
  p99Us: z.array(nullable),
  maxUs: z.array(nullable),
  /** Null if no response time was measured, and in results from before it was kept. */
  heat: heat.nullable().default(null),
});

/** One clock over the repeats, in milliseconds; Kaplan-Meier, because what never came was watched only for a limited time. */
const distribution = z.object({
  /** Null if too few came before watching ended. */
  median: nullable,
  p95: nullable,
  /** 95% interval of the p95; null if the repeats give no bound on that side. */
  low: nullable,
  high: nullable,
  /** Longest that came; null if none did. */
  max: nullable,
  /** Repeats in which it never came. */
  censored: count,
});

/**
 * An HTTP load: alone, or beside messages. Its latencies are service times, of which a slow server produces fewer in a closed loop. What
 * the sending tool does not report is null.
 */
const http = z.object({
  origins: z.array(z.string()),
  connections: count.nullable(),
  pipelining: count.nullable(),
  workers: count.nullable(),
  /** The rate that was asked for, sent in a burst each second; null for as fast as answers came, and if it is not reported. */
  ratePerSecond: nullable,
  /** Closed: a connection sends its next request after it has an answer. Null if another tool does not say. */
  loop: z.enum(['open', 'closed']).nullable(),
  resolutionUs: number,
  fromMs: number,
  /** Null if it is not known how long it took. */
  toMs: nullable,
  /** Requests written; those in flight when the time was over are neither answered nor unanswered. */
  sent: count.nullable(),
  answered: count.nullable(),
  /** Answers that are good by the rule of `okMeans`. */
  ok: count.nullable(),
  /** What makes an answer good, as words that follow a number of answers: `of status 2xx`. */
  okMeans: z.string().default('of status 2xx'),
  /** Null if another tool does not count them. */
  statuses: z.record(z.string(), count).nullable(),
  /** Connections that failed and requests that timed out, and the latter separately. */
  errors: count.nullable(),
  timeouts: count.nullable(),
  unanswered: count.nullable(),
  /**
   * Answers with an unexpected body, and how often a sequence of requests had to restart because an answer lacked what was needed; either
   * makes an answer that is not good. Null if this was not checked.
   */
  mismatches: count.nullable().default(null),
  resets: count.nullable().default(null),
  bytes: count.nullable(),
  answeredPerSecond: nullable,
  /** Over all answers, whatever their status; null if there was none, or if the generator was the bottleneck. */
  latency: toldLatency.extend({ p95Us: nullable }).nullable(),
  /** Answers of status 2xx, and all others, in each second of it. */
  seconds: z.array(z.tuple([count, count])),
  /**
   * Response times of the messages in the seconds with requests beside them, and in the others of the load; null without messages, each
   * null if the generator was late.
   */
  messages: z.object({ beside: toldLatency.nullable(), without: toldLatency.nullable() }).nullable(),
});

/** What another tool measured instead of letitcrash, in that tool's own words. */
const measuredBy = z.object({
  tool: z.enum(['k6', 'autocannon', 'artillery']),
  /** What its figures do not say, one sentence each. */
  caveats: z.array(z.string()),
  /** Every figure that it gave, by its own name and in its own unit (`ms`, `bytes`, or empty); null if it gave the name but no number. */
  figures: z.array(z.object({ name: z.string(), unit: z.string(), values: z.record(z.string(), nullable) })),
  /** For an imported result: the file's name, and the hash of its content, the same for the same content in any encoding. */
  imported: z.object({ file: z.string(), sha256: z.string() }).nullable().default(null),
});

/** What really ran. */
export const targetFacts = z.object({
  name: z.string(),
  version: z.string(),
  runtime: z.string(),
  /** Null if it is not known. */
  nodes: count.nullable(),
  config: z.record(z.string(), z.unknown()),
});

/** What it ran on; null if it is not known. */
export const machineFacts = z.object({
  os: z.string(),
  arch: z.string(),
  cpu: z.string(),
  cores: count.nullable(),
  memoryBytes: nullable,
  node: z.string(),
  letitcrash: z.string(),
});

/**
 * For a leak: its interval and tolerance; then the part in the heap alone, null if a node does not report its heap, and in older results.
 */
const leakFacts = {
  low: nullable,
  high: nullable,
  toleranceBytes: number,
  heapBytes: nullable.default(null),
  heapLow: nullable.default(null),
  heapHigh: nullable.default(null),
  heapToleranceBytes: nullable.default(null),
  leaking: z.boolean(),
};

/** A limit and what was measured against it. */
export const check = z.object({
  name: z.string(),
  pass: z.boolean(),
  actual: nullable,
  limit: nullable,
  unit: z.string(),
  /**
   * Present if `actual` is a percentile that is null because it never came, which is later than every limit. Of a recovery clock
   * `recovery[].censored` says so; otherwise null means unknown.
   */
  never: z.literal(true).optional(),
});

/** Somebody ended the run early. */
const interrupted = z.object({
  /** Who or what asked: the name of a signal, or what a program said. */
  by: z.string(),
  phase: z.enum(['load', 'drain', 'memory']),
  /** How much of the load was played, and how much was planned. */
  atMs: number,
  plannedMs: number,
});

/** Some users: how many, and the first few by name. */
const someUsers = z.object({ users: count, names: z.array(z.string()) });

/** A reason that a server, a network or the load's own client gave, and how often; texts are clipped and without control characters. */
const countedReason = z.object({ code: count, reason: z.string(), count });

/** A message that waited long, by name; null stands for what did not happen, or is not known. Times are since the load began. */
const slowMessage = z.object({
  /** The sender's own number for it. */
  id: number,
  sender: z.string(),
  recipient: z.string(),
  /** Which of the sender's sessions first wrote it; 0 when none did. */
  session: count,
  /** The node that served that session. */
  node: z.string().nullable(),
  /** The receiver's number for it. */
  seq: nullable,
  intendedMs: number,
  sentMs: nullable,
  answeredMs: nullable,
  arrivedMs: nullable,
  responseUs: nullable,
});

/** A second of the load in which users waited long. */
const worstSecond = z.object({
  fromMs: number,
  toMs: number,
  /** Meant to be sent in it, and acknowledged or never answered. */
  messages: count,
  /** Of their response times; null if more than one in a hundred was never answered. */
  p99Us: nullable,
  /** The slowest first, at most five. */
  slowest: z.array(slowMessage),
  /** The server's log lines from that second, at most twelve: each was written at most a quarter of a second before `byMs`. */
  log: z.array(z.object({ file: z.string(), byMs: number, line: z.string() })),
  /** Number of further lines that were read. */
  moreLog: count,
});

export const resultSchema = z.object({
  schema: z.literal(RESULT_SCHEMA),
  verdict: z.enum(['pass', 'fail', 'invalid', 'unknown']),
  /** Why the verdict is what it is, one sentence each; empty for a pass. */
  reasons: z.array(z.string()),
  scenario: z.object({ name: z.string(), sha256: z.string(), summary: z.string() }),
  /** Null if another tool drew whatever was drawn. */
  seed: count.nullable(),
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  /** Null if the file from which the result was made does not say. */
  durationMs: nullable,
  /** The profiler that observed the nodes during the run, at a cost to every figure here; absent if there was none. */
  profiledWith: z.enum(PROFILE_KINDS).optional(),
  /** The abort condition that ended the load early, as written, and the reading when it had held long enough; or null. */
  aborted: z.object({ condition: z.string(), atMs: number, actual: number, limit: number, unit: z.string() }).nullable(),
  /**
   * Absent if nobody interrupted the run. Otherwise the verdict is never a pass: figures and counts cover the part that was played, and
   * every limit is open.
   */
  interrupted: interrupted.optional(),
  target: targetFacts,
  /** What the target promises in addition to carrying messages; null in results from before it was kept. */
  promised: z.array(z.enum(PROMISES)).nullable().default(null),
  environment: machineFacts.extend({
    openFilesLimit: nullable,
    /** Share of CPU time taken by other guests during the run, 0 to 1; null if the system does not report it. */
    stealShare: nullable,
    loadAverage: nullable,
    /**
     * Other runs of letitcrash that were active on this machine during the run, as far as this user's state folder shows, and for how long;
     * absent if there was none.
     */
    otherRuns: z.array(z.object({ what: z.string(), folder: z.string(), forMs: number })).optional(),
    /** The run took place in its own namespaces, whose end removes everything with it; null if it is not known. */
    arena: z.boolean().nullable(),
  }),
  /** For another tool's load, what it does not report is null. */
  load: z.object({
    users: count.nullable(),
    connections: count.nullable(),
    offered: count.nullable(),
    sent: count.nullable(),
    /** Messages first written while the load lasted, whatever their outcome; if only answers are counted (HTTP alone), answered. */
    ratePerSecond: nullable,
    /**
     * Messages acknowledged while the load lasted, for each second of it: what is acknowledged in the drain is not counted. For HTTP alone,
     * good answers. Null if the measuring tool does not report it, and in results from before it was counted.
     */
    ackedPerSecond: nullable.default(null),
    workers: count.nullable(),
    /** Null without intended times, from which a lag would count. */
    lagUs: z.object({ p50: nullable, p99: nullable, max: nullable }).nullable(),
    /**
     * False if the generator itself was the bottleneck: then no number of this run describes the server. Null if it is not known whether it
     * kept up, as in another tool's output.
     */
    valid: z.boolean().nullable(),
    model: z.string(),
    driver: z.string(),
    /** Closed: HTTP alone. There are no intended times, so no response time and no lag; `latency.service` is what was measured. */
    loop: z.enum(['open', 'closed']).nullable(),
    resolutionUs: number,
    /** Null if there are no messages, and if another tool does not report it; so are the two below. */
    payloadBytes: count.nullable(),
    offlineShare: nullable,
    reconnects: count.nullable(),
    /**
     * Why sessions, and attempts to open one, ended without the users asking for it: close code (0 without one), reason, and who ended
     * them; most frequent first, at most 35 rows, of which the last may be the sum of rare ones. Empty in results from before it was
     * counted.
     */
    sessionsEnded: z.array(countedReason.extend({ by: z.enum(['server', 'client', 'network']) })).default([]),
    /**
     * Rules of its interface that a custom driver broke, with the first example of each in words. With any of them the run is invalid: the
     * mistakes of the driver cannot be separated from those of the server, so the ledger says nothing about the server.
     */
    driverViolations: z
      .array(z.object({ driver: z.string(), rule: z.string(), means: z.string(), count, example: z.string() }))
      .default([]),
  }),
  latency: z.object({
    /**
     * From the intended send time to the acknowledgement, of all messages that were not refused; null if nothing was acknowledged, or if the generator was the bottleneck
     * (load.valid is false): a number that the generator spoilt is never reported as the server's.
     */
    response: toldLatency.nullable(),
    /** From the first write to the acknowledgement; null as above. */
    service: toldLatency.nullable(),
    /** From the intended send time to the moment the generator got round to it; null without intended times. */
    lag: toldLatency.nullable(),
    /** From the intended send time to the arrival at a receiver that was not away on purpose; null if there was none. */
    delivery: toldLatency.nullable(),
  }),
  /**
   * Null if nothing accounted for messages: for requests alone, and for another tool's load. Results from before it could be null have
   * zeros there, which mean nothing.
   */
  delivery: z
    .object({
      attempted: count,
      acked: count,
      failed: count,
      indeterminate: count,
      /** Indeterminate sends that were delivered. */
      recovered: count,
      /** Distinct messages that reached their receiver. */
      delivered: count,
      /** Acknowledged messages that must arrive. */
      expected: count,
      lost: count,
      /**
       * Acknowledged messages that arrived, but whose number was not above the receiver's cursor each time, so that they were never shown:
       * neither lost nor delivered. 0 in results from before they were counted, which called them lost.
       */
      hidden: count.default(0),
      duplicatesWire: count,
      duplicatesVisible: count,
      reordered: count,
      phantom: count,
      misdelivered: count,
      corrupted: count,
      receiptsEarly: count,
      /**
       * Stretches of time in which a watcher was told something false about somebody for longer than the limit; null if nothing could be
       * judged: the target does not promise presence, nobody watched, or no fact lasted.
       */
      presenceWrong: count.nullable().default(null),
      /** Stretches in which a watcher had to know the truth. */
      presenceJudged: count.default(0),
      /**
       * Acknowledged but not delivered to a receiver who was away or disconnected, by a target that does not promise to resume: not owed,
       * so neither expected nor lost.
       */
      notPromised: count.default(0),
      /** Receipts that reached senders; null in results from before they were counted. */
      receipts: count.nullable().default(null),
      /** Acknowledged but not delivered when the drain gave up: neither lost nor safe. */
      pending: count,
      drained: z.boolean(),
      /**
       * Sends that were written and that nobody had answered at the end; null in results from before it was counted, like the fields below.
       */
      unacknowledged: count.nullable().default(null),
      /** Messages that were due to be sent but were never written: their users were away, or had no room to keep them. */
      unwritten: count.nullable().default(null),
      /** Users who were not signed in when the drain ended. */
      away: someUsers.nullable().default(null),
      /** Users who were signed in then but whom a fault kept from reading; `owed` of the pending messages are owed to them. */
      deaf: someUsers.extend({ owed: count }).nullable().default(null),
      /** Users who were owed acknowledged messages and who received nothing at all during the run. */
      unheard: someUsers.nullable().default(null),
      /** Messages were still arriving in the last round of the drain. */
      restless: z.boolean().nullable().default(null),
      /** Why messages were refused (`failed`): most frequent first, at most 33 rows. */
      refusals: z.array(countedReason).default([]),
      /** The first few offenders of each broken property, for people: at most 10 of each. */
      evidence: z.array(z.object({ property: z.string(), message: z.string() })),
      /**
       * The first three of these for each property, with where to look: sessions, sequence numbers, times, whose content or receipt it was.
       */
      offenders: z.array(z.object({ property: z.string(), message: z.string(), detail: z.string() })).default([]),
    })
    .nullable(),
  http: http.nullable().default(null),
  /** Null if letitcrash measured by itself. Otherwise there is no ledger: `delivery` says nothing, whatever the load consisted of. */
  measuredBy: measuredBy.nullable().default(null),
  memory: z.object({
    perConnection: z
      .object({
        bytes: number,
        low: nullable,
        high: nullable,
        heapBytes: nullable,
        nativeBytes: nullable,
        kernelBytes: nullable,
        /** Intervals of the two that are measured directly; native memory is the rest. */
        heapLow: nullable.default(null),
        heapHigh: nullable.default(null),
        kernelLow: nullable.default(null),
        kernelHigh: nullable.default(null),
      })
      .nullable(),
    plateaus: z.array(z.object({ connections: count, pssBytes: number, heapBytes: nullable, kernelBytes: nullable })),
    /** Everybody had come and left once before the plateaus; null if there are none, and in results from before it was kept. */
    rehearsed: z.boolean().nullable().default(null),
    returnedToBaseline: z.boolean().nullable(),
    /** What that was judged by: the empty server before anybody came and after everybody left, and the allowed difference. */
    baseline: z.object({ emptyBytes: number, afterBytes: number, allowanceBytes: number }).nullable().default(null),
    /** The empty server after this many connections had come and gone since the drain. */
    rounds: z
      .array(
        z.object({
          cycled: count,
          /** Messages acknowledged in these rounds so far: the first rounds have none. */
          messages: count.default(0),
          pssBytes: number,
          heapBytes: nullable,
        }),
      )
      .default([]),
    /** Slope of the rounds: memory that a connection leaves behind. It is a leak if the whole interval of either is above its tolerance. */
    leak: z
      .object({ bytesPerConnection: number, ...leakFacts })
      .nullable()
      .default(null),
    /** The same for a message: slope of the rounds with messages, less what their connections left behind. */
    leakPerMessage: z
      .object({ bytesPerMessage: number, ...leakFacts })
      .nullable()
      .default(null),
    /** Highest PSS of each node and of the workers together, over the run; null in the same cases as the CPU below. */
    peakPssBytes: z.object({ nodes: z.array(number), workers: nullable }),
  }),
  cpu: z.object({
    /** CPU seconds per wall second during the load; null if another tool sent it and the CPU was not measured. */
    nodes: z.array(number),
    workers: nullable,
    /** CPU microseconds of all nodes during the load, for each message that was acknowledged in the same time; null without one. */
    serverUsPerMessage: nullable,
  }),
  faults: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      target: z.string(),
      requested: z.record(z.string(), z.unknown()),
      injectedAtMs: nullable,
      healedAtMs: nullable,
      /** An independent probe saw that it took effect and that it was undone; false for one that struck nothing. */
      verified: z.boolean(),
      /**
       * False if there was nothing to strike (a recorded no-op), or if the run ended before the fault: the evidence says which. Null if that
       * is not known: the injection failed, or the result is older.
       */
      struck: z.boolean().nullable().default(null),
      /** What the independent probe saw: the dose that was asked for, and the dose that was measured. */
      evidence: z.array(z.string()),
      affectedUsers: count,
    }),
  ),
  /** The level of service that counts as recovered; null if no fault struck, and in results from before it was kept. */
  recoveryLevel: z
    .object({
      /** This share of the messages, 0 to 1, is answered within `us`; null if there is no basis for it. */
      share: number,
      us: nullable,
      /** Set by the scenario, or this run's own steady state, before the first fault. */
      source: z.enum(['set', 'steady']),
      steadyP99Us: nullable,
      /** Why the level says nothing, in words: `recovery[].sloMs` is then unknown; or null. */
      meaningless: z.string().nullable(),
    })
    .nullable()
    .default(null),
  recovery: z.array(
    z.object({
      fault: z.string(),
      detectedMs: nullable,
      firstSuccessMs: nullable,
      reconnected99Ms: nullable,
      /** The end of the last trouble before the next fault or the end of the load; messages that could not be written count as late. */
      sloMs: nullable,
      /** Null, and `censored`, if a message of the backlog was never answered. */
      drainedMs: nullable,
      longestGapMs: nullable,
      /** Area above the steady state's p99: message-milliseconds; null if there was no steady state. */
      excessLatencyMs: nullable,
      /** Milliseconds since the heal; whatever had been reached before it is 0; null if nothing was undone. */
      fromHeal: z
        .object({ firstSuccessMs: nullable, reconnected99Ms: nullable, sloMs: nullable, drainedMs: nullable, watchedMs: number })
        .nullable(),
      /**
       * From the injection to the end of the load: a clock that is null was not reached within this; the level of service, which must hold for
       * a second, not within a second less.
       */
      watchedMs: number,
      /** The latest earlier fault that had not been recovered from at this injection, whose effects these clocks may include; or null. */
      overlaps: z.string().nullable(),
      /** True if the fault was not recovered from before the run ended. */
      censored: z.boolean(),
      /**
       * False if no affected user noticed: none lost a connection, and none had a message refused or late before the next fault. There is
       * then nothing to recover from: the clocks are null and are not used.
       */
      noticed: z.boolean().default(true),
    }),
  ),
  /** Over the repeats of each step that was played several times. */
  recoveryDistribution: z.array(
    z.object({
      /** The step: its occurrences are `recovery[].fault`, listed here. */
      fault: z.string(),
      kind: z.string(),
      occurrences: z.array(z.string()),
      repeats: count,
      /** How many of them are not in the clocks, because nobody noticed them. */
      unnoticed: count.default(0),
      /** Occurrences that overlap an earlier fault. */
      overlapping: count,
      clocks: z.object({
        detectedMs: distribution,
        firstSuccessMs: distribution,
        reconnected99Ms: distribution,
        sloMs: distribution,
        drainedMs: distribution,
      }),
      /** Null if no occurrence was undone. */
      fromHeal: z
        .object({ firstSuccessMs: distribution, reconnected99Ms: distribution, sloMs: distribution, drainedMs: distribution })
        .nullable(),
    }),
  ),
  checks: z.array(check),
  /**
   * By the p99 of the messages that were meant to be sent in them, the worst first, at most five; empty if nothing was timed, and in older
   * results.
   */
  worstSeconds: z.array(worstSecond).default([]),
  timeline,
  reproduce: z.string(),
});

export type Result = z.infer<typeof resultSchema>;
export type Interrupted = z.infer<typeof interrupted>;
export type LatencySummary = z.infer<typeof latency>;
export type ToldLatency = z.infer<typeof toldLatency>;
/** What the ledger decided. */
export type Delivery = NonNullable<Result['delivery']>;
export type HttpMeasured = z.infer<typeof http>;
export type MeasuredBy = z.infer<typeof measuredBy>;
export type WorstSecond = z.infer<typeof worstSecond>;
export type SlowMessage = z.infer<typeof slowMessage>;
export type Timeline = z.infer<typeof timeline>;
export type Heat = z.infer<typeof heat>;
export type Verdict = Result['verdict'];
export type RecoveryDistribution = Result['recoveryDistribution'][number];
export type ClockDistribution = z.infer<typeof distribution>;
