/**
 * The schema of a scenario file, section by section. Every message of a schema here is the remedy: what would be right.
 *
 * Each section is checked by itself, so that one invalid section does not hide the mistakes of another.
 */
import { z } from 'zod';
import { durationMs, ratePerSecond, share, sharePerSecond, sizeBytes } from './units.ts';

/** Room for the harness's own header: sender, message, intended send time and a checksum. */
const MIN_PAYLOAD_BYTES = 32;
/** Larger payloads measure the network, not the messaging server. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;
const MAX_USERS = 1_000_000;
/** More processes than this on one machine only compete for its cores. */
export const MAX_WORKERS = 16;
const MAX_NODES = 250;
/** Maximum devices of one user: a telephone, a tablet, a few computers. */
const MAX_DEVICES = 16;
/** Maximum users whom one user watches. */
const MAX_WATCHED = 50;
export const MAX_OFFLINE_SHARE = 0.9;
/** Also the maximum for a schedule in which each repeat is counted. */
export const MAX_FAULTS = 1000;
const MAX_STEPS = 1000;
const DAY_MS = 24 * 3_600_000;
export const MAX_SEED = 2 ** 32 - 1;

const whole = (min: number, max: number) => {
  const words = `a whole number from ${min} to ${max}`;
  return z
    .int({ error: () => words })
    .min(min, words)
    .max(max, words)
    .meta({ description: words });
};
const oneOf = <const T extends readonly [string, ...string[]]>(names: T) =>
  z.enum(names, { error: () => `one of ${names.join(', ')}` });
const strictObject = <T extends z.ZodRawShape>(shape: T, what: string) =>
  z.strictObject(shape, { error: (issue) => (issue.code === 'invalid_type' ? what : undefined) });

const NAME = 'a name of small letters, digits and dashes, at most 60, like kill-node';
const nameSchema = z
  .string({ error: () => NAME })
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$/, NAME)
  .meta({ description: NAME });

const time = durationMs({ max: DAY_MS, words: 'at most a day' });
const positiveTime = durationMs({ min: 1, max: DAY_MS, words: '1ms to a day' });
const positiveRate = ratePerSecond({ min: 1e-3, max: 1e9, words: 'above 0' });

const RUNTIME = 'a version of Node for the servers, like node@24 or node@24.11.1';
const NODE_FLAGS = 'a list of flags of Node or V8 for the servers, like [--max-semi-space-size=64]';
const MAX_NODE_FLAGS = 30;

/** `target`: keys beyond these are the target's own settings, which the target checks. */
export const targetSchema = z.looseObject(
  {
    use: z.string({ error: () => 'the name of a target; `letitcrash targets` lists them' }).default('reference'),
    nodes: whole(1, MAX_NODES).default(1),
    durability: oneOf(['fsync', 'commit', 'memory']).default('fsync'),
    owned: z.boolean({ error: () => 'true, when the servers are yours and may be outside loopback' }).default(false),
    runtime: z
      .string({ error: () => RUNTIME })
      .regex(/^node@\d{1,3}(?:\.\d{1,4}){0,2}$/, RUNTIME)
      .optional()
      .meta({ description: RUNTIME }),
    nodeFlags: z
      .array(z.string({ error: () => NODE_FLAGS }).regex(/^--[A-Za-z0-9][\w.=:,/@%+-]{0,200}$/, NODE_FLAGS), {
        error: () => NODE_FLAGS,
      })
      .max(MAX_NODE_FLAGS, `at most ${MAX_NODE_FLAGS} flags`)
      .default([])
      .meta({ description: NODE_FLAGS }),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'target: { use: reference, nodes: 1, durability: fsync }' : undefined) },
);

export const usersSchema = whole(2, MAX_USERS);

/** A scenario that reproduces one particular run, such as one that exploration found, has its seed. */
export const seedSchema = whole(0, MAX_SEED).optional();

const contactsSchema = z.union(
  [
    whole(1, MAX_USERS),
    strictObject(
      {
        kind: oneOf(['uniform', 'zipf']),
        perUser: whole(1, MAX_USERS).default(20),
        exponent: z
          .number({ error: () => 'a number from 0 to 5' })
          .min(0, 'a number from 0 to 5')
          .max(5, 'a number from 0 to 5')
          .optional(),
      },
      'a number of contacts a user, or { kind: zipf, perUser: 20, exponent: 1 }',
    ),
  ],
  { error: () => 'a number of contacts a user, or { kind: zipf, perUser: 20, exponent: 1 }' },
);

const MODELS = ['constant', 'poisson', 'ramp', 'step', 'spike'] as const;
export type ModelKind = (typeof MODELS)[number];

/** `load`. arrival-model.ts checks which of the arrival model's keys belong together. */
export const loadSchema = strictObject(
  {
    model: oneOf(MODELS).default('poisson'),
    rate: positiveRate.optional(),
    from: ratePerSecond().optional(),
    to: ratePerSecond().optional(),
    steps: z
      .array(strictObject({ at: time, rate: ratePerSecond() }, 'a step like { at: 5s, rate: 1000/s }'), {
        error: () => 'a list of steps like { at: 5s, rate: 1000/s }',
      })
      .min(1, 'at least one step like { at: 0s, rate: 1000/s }')
      .max(MAX_STEPS, `at most ${MAX_STEPS} steps`)
      .optional(),
    base: ratePerSecond().optional(),
    peak: positiveRate.optional(),
    at: time.optional(),
    for: positiveTime.optional(),
    duration: positiveTime,
    warmUp: time.default(0),
    payload: sizeBytes({
      min: MIN_PAYLOAD_BYTES,
      max: MAX_PAYLOAD_BYTES,
      words: `${MIN_PAYLOAD_BYTES}B (the harness's own header) to 1MiB`,
    }).default(100),
    contacts: contactsSchema.optional(),
    devices: whole(1, MAX_DEVICES).default(1),
    watch: whole(0, MAX_WATCHED).optional(),
    churn: sharePerSecond().optional(),
    away: positiveTime.default(2000),
    offline: share({ max: MAX_OFFLINE_SHARE, words: '0 to 90%' }).default(0),
    read: share().default(0.5),
    receipts: share().default(0.1),
    connect: positiveRate.default(2000),
    keepalive: positiveTime.default(3000),
    workers: whole(1, MAX_WORKERS).optional(),
    driver: z.string({ error: () => 'the name of a driver' }).optional(),
  },
  'load: { model: poisson, rate: 2000/s, duration: 30s }',
);

const REQUEST = 'a request like { method: GET, path: /v1/presence/{contact} }';
const MAX_REQUESTS = 50;
const MAX_HTTP_CONNECTIONS = 5_000;
const httpRequestSchema = strictObject(
  {
    method: oneOf(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
    path: z
      .string({ error: () => REQUEST })
      .regex(/^\/[\x21-\x7e]{0,1999}$/, 'a path that begins with / and has no spaces')
      .meta({ description: 'a path; {user} and {contact} stand for users of the run' }),
    weight: whole(1, 100).default(1),
    headers: z.record(z.string(), z.string(), { error: () => 'headers: { accept: text/plain }' }).default({}),
    body: z
      .union([z.string(), z.record(z.string(), z.unknown())], { error: () => 'a text, or a map that is sent as JSON' })
      .optional(),
    signed: z.boolean({ error: () => 'false, when the request carries no bearer' }).optional(),
  },
  REQUEST,
);
const httpKeys = {
  url: z
    .string({ error: () => 'an origin like http://127.0.0.1:8080' })
    .regex(/^https?:\/\/[^/?#@]+\/?$/, 'an origin like http://127.0.0.1:8080, without a path')
    .optional(),
  requests: z
    .array(httpRequestSchema, { error: () => `a list of ${REQUEST}` })
    .min(1, `at least one ${REQUEST}`)
    .max(MAX_REQUESTS, `at most ${MAX_REQUESTS} requests`),
  connections: whole(1, MAX_HTTP_CONNECTIONS).default(10),
  pipelining: whole(1, 100).default(1),
  rate: positiveRate.optional(),
  workers: whole(1, MAX_WORKERS).default(1),
  timeout: positiveTime.default(10_000),
};

/** `http`: requests beside the messages of `load`. */
export const httpSchema = strictObject(
  { ...httpKeys, at: time.default(0), for: positiveTime.optional() },
  'http: { requests: [{ path: /v1/account }], connections: 10 }',
);

/** `load` if its driver is http, or k6 with requests: requests and no messages. */
export const httpLoadSchema = strictObject(
  { driver: oneOf(['http', 'k6']), ...httpKeys, duration: positiveTime, warmUp: time.default(0) },
  'load: { driver: http, requests: [{ path: /v1/account }], connections: 10, duration: 10s }',
);

/** The part of a fault that every kind has; the rest belongs to the kind. `repeat` plays it that many times, once in every `every`. */
export const faultSchema = z.looseObject(
  {
    at: time,
    kind: z.string({ error: () => 'the kind of a fault' }),
    for: positiveTime.optional(),
    repeat: whole(2, MAX_FAULTS).optional(),
    every: positiveTime.optional(),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'a fault like { at: 10s, kind: kill-node, for: 3s }' : undefined) },
);

export const faultsSchema = z
  .array(z.unknown(), { error: () => 'a list of faults like { at: 10s, kind: kill-node, for: 3s }' })
  .max(MAX_FAULTS, `at most ${MAX_FAULTS} faults`);

/** `expect`: metric names to conditions; the names are checked by expectations.ts. */
export const expectSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()], { error: () => CONDITION }), {
  error: () => 'expect: { delivery: intact, response.p99: < 50ms }',
});
export const CONDITION = 'a condition like "< 50ms"; write it in quotes when it begins with >';

const ABORT = 'an abort condition like error.rate > 50% for 5s, or a list of them';
const MAX_ABORTS = 20;
/** `abort`: when to end the run early; read by abort-conditions.ts. */
export const abortSchema = z.union([z.string(), z.array(z.string({ error: () => ABORT })).max(MAX_ABORTS)], {
  error: () => ABORT,
});

export const limitsSchema = strictObject(
  {
    lag: durationMs({ min: 1, max: 60_000, words: '1ms to 1m' }).default(50),
    drain: durationMs({ min: 100, max: 3_600_000, words: '100ms to 1h' }).default(30_000),
    connect: durationMs({ min: 100, max: 3_600_000, words: '100ms to 1h' }).default(30_000),
    presence: durationMs({ min: 100, max: 3_600_000, words: '100ms to 1h' }).default(5_000),
  },
  'limits: { lag: 50ms, drain: 30s, connect: 30s, presence: 5s }',
);

const MEMORY = 'memory: { plateaus: 5, settle: 1s, rehearse: false, rounds: 0, messages: 0, rate: 2000/s }';
const MAX_PLATEAUS = 40;
const MAX_ROUNDS = 200;
const MAX_ROUND_MESSAGES = 1_000_000;
/** `memory`: how the servers' memory is read while everybody connects, and after everybody has left. */
export const memorySchema = strictObject(
  {
    plateaus: whole(3, MAX_PLATEAUS).default(5),
    settle: durationMs({ min: 100, max: 60_000, words: '100ms to 1m' }).default(1000),
    rehearse: z.boolean({ error: () => 'true or false' }).default(false),
    rounds: whole(0, MAX_ROUNDS).default(0),
    messages: whole(0, MAX_ROUND_MESSAGES).default(0),
    rate: positiveRate.default(2000),
  },
  MEMORY,
);

/** `recovery`: what counts as recovered from a fault. */
export const recoverySchema = strictObject(
  {
    level: z.string({ error: () => 'a percentile and a limit, like p99 < 50ms' }).optional(),
  },
  'recovery: { level: p99 < 50ms }',
);

/** The whole file: used for its keys and for `letitcrash schema scenario`; planning checks section by section. */
export const scenarioSchema = strictObject(
  {
    name: nameSchema,
    summary: z
      .string({ error: () => 'a sentence that says what the scenario shows' })
      .optional()
      .describe('what the scenario shows; without it, the first comment of the file'),
    target: targetSchema.optional().describe("the server: its name or file, its nodes, and the target's own settings"),
    seed: seedSchema.describe('a whole number that decides every draw of the run; without it one is drawn'),
    users: usersSchema.describe(`how many users there are, from 2 to ${MAX_USERS}`),
    load: z.union([loadSchema, httpLoadSchema]).describe('what the users send, how often and for how long'),
    http: httpSchema.optional().describe('HTTP requests beside the messages of `load`'),
    faults: z
      .array(faultSchema, { error: () => 'a list of faults like { at: 10s, kind: kill-node, for: 3s }' })
      .max(MAX_FAULTS)
      .optional()
      .describe('the schedule of faults; `letitcrash run --dry-run` shows it with every repeat'),
    abort: abortSchema.optional().describe('conditions that end the run early and fail it'),
    expect: expectSchema.optional().describe('names of metrics with the conditions that they must meet'),
    limits: limitsSchema
      .optional()
      .describe('how late the generator may be, and the time allowed for connecting, draining and presence'),
    memory: memorySchema.optional().describe("how the servers' memory is read"),
    recovery: recoverySchema.optional().describe('which level of service counts as recovered from a fault'),
  },
  'a scenario: name, target, users, load, faults, abort, expect',
);

/** What a person writes in a scenario file, before units are resolved. A .ts scenario exports one as `scenario`. @public */
export type ScenarioInput = z.input<typeof scenarioSchema>;
export type HttpSection = z.output<typeof httpSchema>;
export type HttpLoadSection = z.output<typeof httpLoadSchema>;
export type LoadSection = z.output<typeof loadSchema>;
export type FaultSection = z.output<typeof faultSchema>;
