/**
 * The load's public face: all worker processes of a run, step by step. README.md in this folder shows the order of the steps.
 *
 * Every method rejects with WorkerError when a worker dies, fails, or does not answer within the step's limit, and with the
 * signal's reason when that aborts; either way the pool is to be stopped, which leaves no process behind.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Credential } from '../../../targets/target.ts';
import { RunError } from '../../contracts/run-error.ts';
import type { DrainEnd, Observations } from '../../evidence/ledger/observations.ts';
import { monotonicUs } from '../../evidence/measure/clock.ts';
import { ToldError } from '../../evidence/result/told-error.ts';
import type { LoadPlan } from '../../plan/scenario/plan.ts';
import { addBrokenRules, type BrokenRule, brokenRuleText } from '../drivers/driver-rules.ts';
import { refuseForeign } from '../drivers/own-endpoints.ts';
import type { AfflictedDevice, Affliction, DeviceState } from './afflictions.ts';
import { addCounts, type Counts } from './counts.ts';
import { readObservations } from './observation-file.ts';
import { endTexts, mergeTallies, refusalTally, sessionTally } from './reason-tally.ts';
import { deviceName, UserNames } from './user-names.ts';
import { WorkerError, WorkerHandle, type WorkerListener } from './worker-handle.ts';
import type { CountsReply, Entrance, Unreached, WorkerProgress, WorkerReplies, WorkerRequest } from './worker-protocol.ts';

const START_LIMIT_MS = 20_000;
const ANSWER_LIMIT_MS = 20_000;
const FINISH_LIMIT_MS = 60_000;
const STOP_GRACE_MS = 3_000;
/** What the load may take beyond its duration before the generator counts as stuck. */
const LOAD_SLACK_MS = 60_000;
/** From the start's call to the first intended send: time for the message to reach every worker. */
const LEAD_MS = 200;
const DRAIN_ROUND_MS = 250;
const QUIET_ROUNDS = 2;
/** While acknowledged messages are still missing, silence must last for this many rounds, so that a slow server is not taken for a liar. */
const PATIENT_ROUNDS = 12;
/** Of a drain that is interrupted. */
const HURRIED_DRAIN_MS = 5_000;

/** At most this many of the rules that a driver broke are reported. */
const TOLD_RULES = 4;

/** Users could not be connected, and their driver broke rules of its interface: nothing is known about the server. */
export class DriverError extends ToldError {
  override readonly name = 'DriverError';
  override readonly blames = 'load';
  constructor(broken: readonly BrokenRule[]) {
    const told = broken.slice(0, TOLD_RULES).map(brokenRuleText);
    const more = broken.length - told.length;
    super(`the users could not be connected\n  ${[...told, ...(more > 0 ? [`and ${more} more rules`] : [])].join('\n  ')}`);
  }
}

export interface WorkerPoolOptions {
  readonly load: LoadPlan;
  /** Wire protocol: one of DRIVER_NAMES, or the absolute path of a file that exports one. */
  readonly driver: string;
  readonly users: number;
  /** On the wire the first user is called `u<firstName>`; 0 unless runs share a server. */
  readonly firstName?: number;
  /** Of each user's first message; 1 unless the same users have sent before. */
  readonly firstId?: number;
  readonly seed: number;
  readonly endpoints: readonly Entrance[];
  /** The user owns the endpoints, wherever they are; otherwise only loopback is loaded. */
  readonly owned?: boolean;
  /** Called for every device once, in batches, shortly before it connects. */
  readonly credential: (user: string, device: string) => Credential;
  /** Existing folder for the workers' observation files. */
  readonly folder: string;
  /** Called about once a second for each worker. */
  readonly onProgress?: (progress: WorkerProgress) => void;
  readonly signal?: AbortSignal;
  /** Options of Node for the workers, e.g. --cpu-prof. */
  readonly execArgv?: readonly string[];
}

export interface PoolCounts {
  readonly all: Counts;
  readonly workers: readonly Counts[];
  /** Why sessions ended without the users asking for it, most frequent first. */
  readonly ends: CountsReply['ends'];
  /** The same by code and by who ended them. */
  readonly sessionsEnded: CountsReply['sessionsEnded'];
  /** Why messages were refused, most frequent first. */
  readonly refusals: CountsReply['refusals'];
}

export interface DrainReport extends Unreached {
  /** Everybody connected and able to hear, nothing outstanding, and enough rounds without a delivery. */
  readonly drained: boolean;
  /** Messages were still arriving in the last round. */
  readonly restless: boolean;
  readonly rounds: number;
  readonly counts: PoolCounts;
}

/** What the ledger is told of a drain. */
export function drainEndOf({ away, deaf, restless, counts: { refusals, sessionsEnded } }: DrainReport): DrainEnd {
  return { away, deaf, restless, refusals, sessionsEnded };
}

/** What can be done to the users' devices from their own side. They are numbered over all users: `user * devices + device`. */
export interface UserControl {
  /** Devices that each user has. */
  readonly devices: number;
  /** Which are signed in. */
  online(): Promise<readonly number[]>;
  inspect(devices: readonly number[]): Promise<readonly DeviceState[]>;
  /** Resolves with those that were really hit. */
  afflict(how: Affliction, devices: readonly number[]): Promise<readonly AfflictedDevice[]>;
  /** Ends what was done to these; all of a worker's in the same turn. */
  relieve(how: Affliction, devices: readonly number[]): Promise<void>;
}

export class WorkerPool implements UserControl {
  #options: WorkerPoolOptions;
  #names: UserNames;
  readonly #handles: WorkerHandle[] = [];
  /** Rejects when a worker fails or the signal aborts; never resolves. */
  readonly #broken: Promise<never>;
  #break: (error: Error) => void = () => {};
  #failure: Error | null = null;
  /** The last progress of each worker. */
  readonly #progress = new Map<number, WorkerProgress>();
  #driverName = '';
  /** By the driver, for crowds before this one. */
  #brokenBefore: readonly BrokenRule[] = [];
  readonly #onAbort = (): void => this.#fail(this.#options.signal?.reason as Error);

  /**
   * Starts `load.workers` processes and gives each its users. Nothing connects yet. Throws RangeError for fewer users than workers, and
   * ForeignEndpointError for an endpoint that is neither on loopback nor owned.
   */
  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    check(options);
    options.signal?.throwIfAborted();
    const pool = new WorkerPool(options);
    try {
      for (let worker = 0; worker < options.load.workers; worker++) pool.#startWorker(worker);
      await pool.#initAll();
      return pool;
    } catch (error) {
      await pool.stop();
      throw error;
    }
  }

  private constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#names = namesOf(options);
    this.#broken = new Promise((_, reject) => {
      this.#break = reject;
    });
    // The failure is also thrown by the current or next step.
    this.#broken.catch(() => {});
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  #startWorker(worker: number): void {
    const { onProgress, execArgv = [] } = this.#options;
    const listener: WorkerListener = {
      progress: (progress) => {
        this.#progress.set(progress.worker, progress);
        onProgress?.(progress);
      },
      credentials: (from, count) => this.#credentials(from, count),
      failed: (error) => this.#fail(error),
    };
    this.#handles.push(new WorkerHandle(worker, listener, execArgv));
  }

  /**
   * Begins anew with other users, after a `finish`: the workers stay, the users they had leave. The number of workers and the signal
   * are the old ones'.
   */
  async renew(
    changes: Pick<WorkerPoolOptions, 'users' | 'firstName' | 'firstId' | 'seed' | 'load' | 'endpoints' | 'credential'> &
      Partial<Pick<WorkerPoolOptions, 'folder'>>,
  ): Promise<void> {
    const options = { ...this.#options, ...changes };
    if (options.load.workers !== this.#handles.length) {
      throw new RangeError(`this pool has ${this.#handles.length} workers, not ${options.load.workers}`);
    }
    check(options);
    this.#options = options;
    this.#names = namesOf(options);
    this.#brokenBefore = this.brokenRules;
    this.#progress.clear();
    await this.#initAll();
  }

  /** What reports call the driver. */
  get driverName(): string {
    return this.#driverName;
  }

  /** Rules of its interface that the driver has broken, as the workers' latest reports say; after `finish` all of them. */
  get brokenRules(): readonly BrokenRule[] {
    return addBrokenRules([this.#brokenBefore, ...this.progress.map(({ brokenRules }) => brokenRules ?? [])]);
  }

  get devices(): number {
    return this.#options.load.devices;
  }

  /** How many devices there are altogether: what is connected when everybody is. */
  get connections(): number {
    return this.#options.users * this.devices;
  }

  /** Operating system process ids, for measuring the generator. */
  get osPids(): readonly number[] {
    return this.#handles.flatMap((handle) => handle.osPid ?? []);
  }

  /** The workers' latest reports. */
  get progress(): readonly WorkerProgress[] {
    return [...this.#progress.values()];
  }

  /**
   * Brings the first `count` devices of the run online (each worker its part), at `ratePerSecond` altogether, and resolves when they
   * are. Call it with growing counts for plateaus, up to all `connections` before the load.
   */
  async connect(count: number, ratePerSecond: number, limitMs: number): Promise<void> {
    const workers = this.#handles.length;
    const part = (worker: number): number => partBegins(count, worker + 1, workers) - partBegins(count, worker, workers);
    try {
      await this.#request(
        (worker) => ({
          type: 'connect',
          count: Math.min(part(worker), this.#usersOf(worker) * this.devices),
          ratePerSecond: ratePerSecond / workers,
        }),
        limitMs,
      );
    } catch (error) {
      if (!(error instanceof WorkerError) || this.#failure !== null) throw error;
      const { all, ends } = await this.counts();
      const reasons = ends.slice(0, 3).map((end) => `${end.reason} (${end.count})`);
      const broken = this.brokenRules;
      if (broken.length > 0) throw new DriverError(broken);
      throw new WorkerError(
        error.worker,
        `: ${all.connected} of ${count} ${this.devices === 1 ? 'users' : 'devices'} are connected after ${Math.round(limitMs)} ms; ${
          reasons.length === 0 ? 'no connection was refused or lost' : `connections ended by: ${reasons.join(', ')}`
        }`,
      );
    }
  }

  /**
   * Begins the load. Returns at once: `zeroUs`, the run's zero on the machine's monotonic clock (after the warm-up, whose messages
   * have negative intended times), and `handedOut`, which resolves when the load's time is up and its last send was
   * handed to its user, or when sending was stopped.
   */
  startLoad(): { readonly zeroUs: number; readonly handedOut: Promise<void> } {
    const { warmUpMs, durationMs } = this.#options.load;
    const zeroUs = Math.ceil(monotonicUs() + (LEAD_MS + warmUpMs) * 1e3);
    const limitMs = LEAD_MS + warmUpMs + durationMs + LOAD_SLACK_MS;
    const handedOut = this.#request(() => ({ type: 'start', zeroUs }), limitMs).then(() => {});
    // Whoever awaits it sees the failure; nobody has to.
    handedOut.catch(() => {});
    return { zeroUs, handedOut };
  }

  /** Users connect there from now on; connections that stand are left alone. Throws ForeignEndpointError. */
  async setEndpoints(endpoints: readonly Entrance[]): Promise<void> {
    refuseForeign(endpoints, this.#options.owned ?? false);
    await this.#request(() => ({ type: 'endpoints', endpoints }), ANSWER_LIMIT_MS);
  }

  /** No further messages are begun; `handedOut` resolves. */
  async stopSending(): Promise<void> {
    await this.#request(() => ({ type: 'stop-sending' }), ANSWER_LIMIT_MS);
  }

  async counts(): Promise<PoolCounts> {
    const replies = await this.#request(() => ({ type: 'counts' }), ANSWER_LIMIT_MS);
    const workers = replies.map((reply) => reply.counts);
    const sessionsEnded = mergeTallies(
      sessionTally(),
      replies.map((reply) => reply.sessionsEnded),
    );
    const refusals = mergeTallies(
      refusalTally(),
      replies.map((reply) => reply.refusals),
    );
    return { all: addCounts(workers), workers, ends: endTexts(sessionsEnded), sessionsEnded, refusals };
  }

  /**
   * Ends churn, brings everybody back and waits, at most `limitMs`, until all are connected and read, nothing is outstanding and two
   * rounds brought no delivery; twelve (3 seconds) where less arrived than was acknowledged. A drain that does not come to an end is a result, not an error.
   * From the moment that `hurry` is aborted it takes at most so long as a person waits.
   */
  async drain(limitMs: number, hurry?: AbortSignal): Promise<DrainReport> {
    const { load } = this.#options;
    const workers = this.#handles.length;
    let until = performance.now() + limitMs;
    let hurried = false;
    await this.#request(() => ({ type: 'reconnect-all', ratePerSecond: load.connectPerSecond / workers }), ANSWER_LIMIT_MS);
    let quiet = 0;
    let deliveries = -1;
    for (let rounds = 1; ; rounds++) {
      const counts = await this.counts();
      const isQuiet =
        counts.all.connected === this.connections && counts.all.outstanding === 0 && counts.all.deliveries === deliveries;
      quiet = isQuiet ? quiet + 1 : 0;
      const restless = rounds > 1 && counts.all.deliveries !== deliveries;
      deliveries = counts.all.deliveries;
      const missing = counts.all.acked * this.devices > counts.all.deliveries - counts.all.ignored;
      if (hurry?.aborted === true && !hurried) {
        hurried = true;
        until = Math.min(until, performance.now() + HURRIED_DRAIN_MS);
      }
      const isOver = performance.now() + DRAIN_ROUND_MS > until;
      const isSilent = quiet >= (missing ? PATIENT_ROUNDS : QUIET_ROUNDS);
      if (isSilent || isOver) {
        const { away, deaf } = await this.#unreached();
        // Silence among users who cannot receive proves nothing.
        if (isSilent && deaf.length === 0) return { drained: true, restless, rounds, counts, away, deaf };
        if (isOver) return { drained: false, restless, rounds, counts, away, deaf };
      }
      await Promise.race([delay(DRAIN_ROUND_MS), this.#broken]);
    }
  }

  async #unreached(): Promise<Unreached> {
    const replies = await this.#request(() => ({ type: 'unreached' }), ANSWER_LIMIT_MS);
    return { away: replies.flatMap(({ away }) => away), deaf: replies.flatMap(({ deaf }) => deaf) };
  }

  async online(): Promise<readonly number[]> {
    return (await this.#request(() => ({ type: 'online' }), ANSWER_LIMIT_MS)).flat();
  }

  async inspect(devices: readonly number[]): Promise<readonly DeviceState[]> {
    return (
      await this.#request((worker) => ({ type: 'inspect', devices: this.#ofWorker(devices, worker) }), ANSWER_LIMIT_MS)
    ).flat();
  }

  async afflict(how: Affliction, devices: readonly number[]): Promise<readonly AfflictedDevice[]> {
    const hit = await this.#request(
      (worker) => ({ type: 'afflict', how, devices: this.#ofWorker(devices, worker) }),
      ANSWER_LIMIT_MS,
    );
    return hit.flat();
  }

  async relieve(how: Affliction, devices: readonly number[]): Promise<void> {
    await this.#request((worker) => ({ type: 'relieve', how, devices: this.#ofWorker(devices, worker) }), ANSWER_LIMIT_MS);
  }

  /**
   * Everybody leaves in good order, so that an empty server can be measured. Resolves when the workers were told, not when all are gone.
   */
  async leaveAll(): Promise<void> {
    await this.#request(() => ({ type: 'leave-all' }), ANSWER_LIMIT_MS);
  }

  /**
   * Has the workers write their observations and reads them as one. What is not settled by now stays so. Where the run folder cannot be written
   * (any more), they are written to the system's folder for temporary files, and are gone once they are read.
   * @throws RunError where there is no room for them either.
   */
  async finish(drained: boolean): Promise<Observations> {
    const read = async (folder: string | null): Promise<Observations | string> => {
      const replies = await this.#request(() => ({ type: 'finish', folder }), FINISH_LIMIT_MS);
      const why = replies.find(({ unwritten }) => unwritten !== null)?.unwritten;
      if (why != null) return why;
      const paths = replies.map(({ path }) => path);
      const missing = paths.find((path) => !existsSync(path));
      if (missing !== undefined) return `${missing}: was removed before it could be read`;
      const rows = readObservations(paths, { users: this.#options.users, devices: this.devices, drained });
      return { ...rows, contents: replies.flatMap(({ contents }) => contents) };
    };
    const first = await read(null);
    if (typeof first !== 'string') return first;
    const elsewhere = await mkdtemp(join(tmpdir(), 'letitcrash-rows-')).catch(() => null);
    try {
      const second = elsewhere === null ? first : await read(elsewhere);
      if (typeof second === 'string') throw new RunError('folder-unusable', `nothing is known about the messages: ${first}`);
      return second;
    } finally {
      if (elsewhere !== null) await rm(elsewhere, { recursive: true, force: true });
    }
  }

  /** Ends all workers; resolves when they are gone. Idempotent. */
  async stop(): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    await Promise.all(this.#handles.map((handle) => handle.stop(STOP_GRACE_MS)));
  }

  /** SIGKILL every worker at once, synchronously; for process exit handlers. */
  killNow(): void {
    for (const handle of this.#handles) handle.killNow();
  }

  #ofWorker(all: readonly number[], worker: number): number[] {
    const { users, load } = this.#options;
    const from = partBegins(users, worker, load.workers) * load.devices;
    const to = partBegins(users, worker + 1, load.workers) * load.devices;
    return all.filter((device) => device >= from && device < to);
  }

  #usersOf(worker: number): number {
    const { users, load } = this.#options;
    return partBegins(users, worker + 1, load.workers) - partBegins(users, worker, load.workers);
  }

  async #initAll(): Promise<void> {
    const replies = await this.#all((handle) => this.#init(handle));
    this.#driverName = replies[0]?.driver ?? '';
  }

  #init(handle: WorkerHandle): Promise<WorkerReplies['init']> {
    const { load, driver, users, firstName, firstId, seed, endpoints, folder } = this.#options;
    const { worker } = handle;
    return handle.request(
      {
        type: 'init',
        assignment: {
          worker,
          workers: load.workers,
          seed,
          users,
          from: partBegins(users, worker, load.workers),
          to: partBegins(users, worker + 1, load.workers),
          firstName: firstName ?? 0,
          firstId: firstId ?? 1,
          load,
          driver,
          endpoints,
          folder,
        },
      },
      START_LIMIT_MS,
    );
  }

  #request<Type extends WorkerRequest['type']>(
    request: (worker: number) => Extract<WorkerRequest, { type: Type }>,
    limitMs: number,
  ): Promise<WorkerReplies[Type][]> {
    return this.#all((handle) => handle.request<Type>(request(handle.worker), limitMs));
  }

  async #all<Reply>(ask: (handle: WorkerHandle) => Promise<Reply>): Promise<Reply[]> {
    if (this.#failure !== null) throw this.#failure;
    return await Promise.race([Promise.all(this.#handles.map(ask)), this.#broken]);
  }

  #credentials(from: number, count: number): readonly (readonly [string, string])[] {
    return Array.from({ length: count }, (_, i) => {
      const number = from + i;
      const user = this.#names.name(Math.floor(number / this.devices));
      const { token, secret } = this.#options.credential(user, deviceName(number % this.devices));
      return [token, secret] as const;
    });
  }

  #fail(error: Error): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    this.#break(error);
    // A load with a missing worker, or that nobody wants any more, is useless: end it without waiting.
    this.killNow();
  }
}

function check({ users, load, endpoints, owned }: WorkerPoolOptions): void {
  refuseForeign(endpoints, owned ?? false);
  if (users < load.workers) throw new RangeError(`${load.workers} workers need at least as many users, but there are ${users}`);
}

function namesOf({ users, firstName }: WorkerPoolOptions): UserNames {
  return new UserNames(users, firstName);
}

/** Where part `part` of `of` begins when `count` things are shared out in order. */
function partBegins(count: number, part: number, of: number): number {
  return Math.floor((count * part) / of);
}
