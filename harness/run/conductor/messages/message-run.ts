/** Plays a plan whose load is messages: deployment, users, load and faults, drain, checks, Result. */

import { setTimeout as delay } from 'node:timers/promises';
import type { DeployedNode, Deployment, Target } from '../../../../targets/target.ts';
import { monotonicUs } from '../../../evidence/measure/clock.ts';
import { readCpuTicks } from '../../../evidence/measure/environment.ts';
import { Sampler } from '../../../evidence/measure/sampler.ts';
import { sessionsEndedText } from '../../../evidence/result/drained.ts';
import { formatCount, formatMs, plural } from '../../../evidence/result/format.ts';
import { PROMISES } from '../../../evidence/result/result.ts';
import { isModulePath, moduleLabel } from '../../../plan/own-server/module-path.ts';
import type { FaultPlan, Plan } from '../../../plan/scenario/plan.ts';
import { brokenRuleText } from '../../drivers/driver-rules.ts';
import type { EntryNodes, FaultContext } from '../../faults/fault.ts';
import { type FaultEvent, LASTED, type PlayingSchedule, playSchedule } from '../../faults/interpreter.ts';
import { bareGround, type Ground, prepareGround } from '../../faults/machine/ground.ts';
import type { Network } from '../../faults/network/network.ts';
import { networkFor } from '../../faults/network/network-for.ts';
import { groundNeeded } from '../../faults/surroundings.ts';
import { writeRunFiles } from '../../folder/run-files.ts';
import type { RunFolder } from '../../folder/run-folder.ts';
import { UserNames } from '../../load/user-names.ts';
import { type DrainReport, drainEndOf, WorkerPool } from '../../load/worker-pool.ts';
import type { Entrance, WorkerProgress } from '../../load/worker-protocol.ts';
import { AbortWatch, abortText } from '../abort-watch.ts';
import { LiveReadings } from '../live-readings.ts';
import { LogTimes } from '../log-times.ts';
import type { RunEvent } from '../progress.ts';
import { buildResult } from '../result/build-result.ts';
import { measuredLatencies } from '../result/measured-latencies.ts';
import type { ConductedRun, RunRecord } from '../result/run-record.ts';
import { runEnvironment } from '../run-environment.ts';
import { processesOf, type RunJournal } from '../run-journal.ts';
import type { PlayedOptions, RunParts } from '../run-options.ts';
import { startDeployment } from '../start-deployment.ts';
import { Ticker } from '../ticker.ts';
import { entryNodes } from './entry-nodes.ts';
import { faultContext } from './fault-context.ts';
import { generatorInvalidity } from './generator-validity.ts';
import { HttpBeside } from './http-beside.ts';
import { connectByPlateaus, emptyRounds, type MemorySubject } from './memory-readings.ts';

/** What came of load and drain. */
interface Loaded {
  readonly schedule: PlayingSchedule;
  readonly span: RunRecord['cpu'];
  readonly drain: DrainReport;
  /** On the observations' clock. */
  readonly endUs: number;
}

/** Of a run that ended before its load. */
const NO_SPAN: RunRecord['cpu'] = { fromUs: 0, toUs: 0, nodes: [], workers: null, nodesUs: 0, readings: [] };

/** The life of one run: what it started, so that it can be ended. */
export class MessageRun {
  readonly #plan: Plan;
  readonly #target: Target;
  readonly #folder: RunFolder;
  readonly #journal: RunJournal;
  readonly #options: PlayedOptions;
  readonly #startedAt = new Date();
  readonly #beganUs = monotonicUs();
  readonly #intervals: WorkerProgress[] = [];
  readonly #abort: AbortWatch;
  readonly #readings: LiveReadings;
  readonly #toldRules = new Set<string>();
  #ground: Ground = bareGround;
  #deployment: Deployment | null = null;
  #network: Network | null = null;
  #pool: WorkerPool | null = null;
  readonly #logs: LogTimes;
  #sampler: Sampler | null = null;
  #ticker: Ticker | null = null;
  #http: HttpBeside | null = null;
  #zeroUs = 0;
  #measuring = true;

  constructor({ plan, target, folder, journal, options }: RunParts) {
    this.#plan = plan;
    this.#target = target;
    this.#folder = folder;
    this.#journal = journal;
    this.#options = options;
    this.#abort = new AbortWatch(plan);
    this.#logs = new LogTimes(folder.logs);
    this.#readings = new LiveReadings(plan.load.workers, plan.users * plan.load.devices);
  }

  async play(): Promise<Omit<ConductedRun, 'runDir'>> {
    const ticksBefore = await readCpuTicks();
    const deployment = await this.#startDeployment();
    const pool = await this.#startPool(deployment);
    const sampler = this.#startSampler(deployment, pool);
    const memory = this.#memorySubject(deployment, pool);
    this.#phase(
      'connect',
      `Connecting ${plural(this.#plan.users, 'user')}${pool.devices === 1 ? '' : ` with ${pool.devices} devices each`}`,
    );
    const { end } = this.#options;
    const { plateaus, rehearsed } = await connectByPlateaus(memory, () => end.enter('connect'));
    const loaded = (await this.#startBeside(deployment)) ? await this.#loadAndDrain(deployment, pool, sampler) : null;
    if (loaded === null) {
      // The workers were never told a zero to count from.
      this.#zeroUs = monotonicUs();
      this.#intervals.length = 0;
    }
    this.#ticker?.stop();
    this.#phase('judge', 'Accounting for every message');
    const drained = loaded?.drain.drained ?? false;
    const observations = await pool.finish(drained);
    this.#measuring = false;
    await sampler.stop();
    if (loaded !== null) end.enter('memory');
    const rounds = await emptyRounds(memory);
    end.over();
    const environment = await runEnvironment(ticksBefore, this.#options.neighbours);
    await this.stop();

    const aborted = this.#abort.happened;
    const interrupted = end.happened;
    const toTheEnd = interrupted === null || interrupted.phase === 'memory';
    const http = this.#http?.measured(this.#intervals, toTheEnd ? observations.attempts : null, this.#zeroUs) ?? null;
    const latencies = measuredLatencies(this.#intervals, observations, {
      toTheEnd,
      resumes: this.#target.capabilities.has('resume'),
    });
    const { schedule, span, drain, endUs } = loaded ?? { schedule: this.#unplayed(), span: NO_SPAN, drain: null, endUs: 0 };
    await schedule.done;
    const faults = schedule.records;
    const loadMs = Math.min(
      this.#plan.load.durationMs,
      aborted?.atMs ?? Number.POSITIVE_INFINITY,
      interrupted?.atMs ?? Number.POSITIVE_INFINITY,
    );
    const record: RunRecord = {
      plan: this.#plan,
      startedAt: this.#startedAt.toISOString(),
      durationMs: (monotonicUs() - this.#beganUs) / 1000,
      target: deployment.target,
      targetConfig: deployment.config,
      promised: PROMISES.filter((promise) => this.#target.capabilities.has(promise)),
      lingerMs: deployment.presenceLingerMs ?? null,
      environment,
      observations,
      drainEnd: drain === null ? null : drainEndOf(drain),
      endUs,
      loadMs,
      aborted,
      interrupted,
      faults,
      latencies,
      generator: {
        driver: moduleLabel(this.#driver),
        workers: this.#plan.load.workers,
        invalidity: [
          ...generatorInvalidity(this.#intervals, latencies.lag.p99Us, {
            lagP99Ms: this.#plan.limits.lagP99Ms,
            durationMs: loadMs,
          }),
          ...(http?.invalidity ?? []),
        ],
        ...(isModulePath(this.#driver) ? { ownDriver: { name: pool.driverName, brokenRules: pool.brokenRules } } : {}),
      },
      http: http?.measured ?? null,
      profiledWith: loaded === null ? null : (this.#options.profiler?.kind ?? null),
      plateaus,
      rehearsed,
      rounds: rounds.readings,
      roundDeliveries: rounds.deliveries,
      peakPssBytes: sampler.peaks,
      cpu: {
        ...span,
        fromUs: span.fromUs - this.#zeroUs,
        toUs: span.toUs - this.#zeroUs,
        readings: span.readings.map(({ atUs, nodesUs }) => ({ atUs: atUs - this.#zeroUs, nodesUs })),
      },
    };
    const result = await this.#logs.completed(buildResult(record), this.#zeroUs);
    const unwritten = await writeRunFiles(this.#folder.path, {
      result,
      observations,
      endUs,
      plan: this.#plan,
      faults,
      intervals: this.#intervals,
      zeroMs: this.#startedAt.getTime() + (this.#zeroUs - this.#beganUs) / 1000,
    });
    return { result, record, unwritten };
  }

  /** What is there for the load beside its users. False when the run is to end before it. */
  async #startBeside(deployment: Deployment): Promise<boolean> {
    const { signal, end, progress, standing, profiler } = this.#options;
    if (!end.early.aborted) this.#http = await HttpBeside.start(this.#plan, deployment, progress, standing?.firstName);
    this.#journalProcesses();
    signal.throwIfAborted();
    if (!end.early.aborted) await profiler?.attach({ nodes: () => deployment.nodes, logDir: this.#folder.logs, signal });
    return !end.early.aborted;
  }

  async #loadAndDrain(deployment: Deployment, pool: WorkerPool, sampler: Sampler): Promise<Loaded> {
    const { end, profiler } = this.#options;
    const schedule = await this.#load(deployment, pool, sampler);
    const span = await sampler.cpu();
    await profiler?.end(span.nodes, this.#zeroUs);
    this.#phase('drain', 'Bringing everybody back and waiting until nothing is owed');
    this.#ticker?.enter('drain', null);
    end.enter('drain');
    const drain = await pool.drain(this.#plan.limits.drainMs, end.early);
    const endUs = monotonicUs() - this.#zeroUs;
    if (!drain.drained) {
      const { all, sessionsEnded } = drain.counts;
      const ends = sessionsEndedText(sessionsEnded);
      this.#warn(
        `the drain gave up: ${formatCount(all.connected)} of ${plural(pool.connections, pool.devices === 1 ? 'user' : 'device')} connected, ${plural(all.outstanding, 'send')} unacknowledged${ends === null ? '' : `; sessions had ended: ${ends}`}`,
      );
    }
    return { schedule, span, drain, endUs };
  }

  /** The schedule of a run that ended before its load: every step is recorded as skipped. */
  #unplayed(): PlayingSchedule {
    const contextOf = (): never => {
      throw new Error('a fault of a run that ended before its load');
    };
    return playSchedule({
      faults: this.#plan.faults,
      startsInMs: 0,
      contextOf,
      signal: this.#options.end.early,
      onEvent: () => undefined,
    });
  }

  /** Ends what this run started; idempotent. */
  async stop(): Promise<void> {
    this.#ticker?.stop();
    this.#options.profiler?.close();
    await this.#sampler?.stop();
    await this.#logs.stop();
    // The workers first: a server that goes away under them would only make them try again.
    await this.#http?.stop();
    await this.#pool?.stop();
    if (this.#options.standing === undefined) await this.#deployment?.stop();
    await this.#network?.close();
    const ground = this.#ground;
    this.#ground = bareGround;
    await ground.restore();
  }

  /** After `stop`. Reports if something could not be undone. */
  closeJournal(): void {
    const left = this.#journal.close();
    if (left.length > 0) this.#warn(`${plural(left.length, 'thing')} could not be undone; letitcrash heal ${this.#folder.path}`);
  }

  killNow(): void {
    this.#http?.killNow();
    this.#pool?.killNow();
    if (this.#options.standing === undefined) this.#deployment?.killNow();
  }

  get #driver(): string {
    return this.#plan.load.driver ?? this.#target.driver;
  }

  async #startDeployment(): Promise<Deployment> {
    const plan = this.#plan;
    const start = { plan, target: this.#target, folder: this.#folder, options: this.#options };
    this.#deployment = await startDeployment(start, async (deployment) => {
      this.#network = await networkFor(plan, deployment, () => this.#deployment?.nodes ?? []);
      this.#ground = await prepareGround(groundNeeded(plan), this.#folder, this.#journal);
      return { via: this.#network?.via ?? null, env: this.#ground.env };
    });
    this.#journalProcesses();
    return this.#deployment;
  }

  async #startPool(deployment: Deployment): Promise<WorkerPool> {
    this.#options.signal.throwIfAborted();
    this.#pool = await WorkerPool.start({
      load: this.#plan.load,
      driver: this.#driver,
      users: this.#plan.users,
      firstName: this.#options.standing?.firstName ?? 0,
      seed: this.#plan.seed,
      endpoints: deployment.nodes.map((node) => this.#entranceOf(node)),
      owned: this.#plan.target.owned,
      credential: (user, device) => deployment.credential(user, device),
      folder: this.#folder.observations,
      onProgress: (progress) => {
        // What the rounds send after the load is not part of its latencies.
        if (!this.#measuring) return;
        this.#intervals.push(progress);
        this.#tellReading(progress);
        this.#tellBrokenRules(progress);
      },
      signal: this.#options.signal,
    });
    this.#journalProcesses();
    this.#ticker = new Ticker(this.#pool, this.#options.progress);
    return this.#pool;
  }

  #startSampler(deployment: Deployment, pool: WorkerPool): Sampler {
    this.#sampler = new Sampler({ nodes: () => deployment.nodes.map(({ osPid }) => osPid), workers: () => pool.osPids });
    this.#sampler.start();
    this.#logs.start();
    return this.#sampler;
  }

  #memorySubject(deployment: Deployment, pool: WorkerPool): MemorySubject {
    const { users, seed, load } = this.#plan;
    const firstName = this.#options.standing?.firstName ?? 0;
    return {
      plan: this.#plan,
      deployment,
      pool,
      observations: this.#folder.observations,
      renew: (round) =>
        pool.renew({
          users,
          firstName,
          seed,
          load,
          endpoints: deployment.nodes.map((node) => this.#entranceOf(node)),
          credential: (user, device) => deployment.credential(user, device),
          ...round,
        }),
      signal: this.#options.signal,
      early: this.#options.end.early,
      tell: (message) => this.#phase('memory', message),
    };
  }

  /**
   * Plays the load and its faults, until the last send is handed out and the last fault undone. It ends earlier if an abort condition holds
   * or somebody interrupts the run, which stops the sending and makes the schedule undo at once what it injected.
   */
  async #load(deployment: Deployment, pool: WorkerPool, sampler: Sampler): Promise<PlayingSchedule> {
    const { load, faults } = this.#plan;
    const { signal, end } = this.#options;
    const ended = AbortSignal.any([signal, this.#abort.signal, end.early]);
    this.#phase(
      'load',
      `Loading for ${formatMs(load.durationMs)}${faults.length === 0 ? '' : `, with ${plural(faults.length, 'fault')}`}`,
    );
    const { zeroUs, handedOut } = pool.startLoad();
    this.#zeroUs = zeroUs;
    end.load(zeroUs);
    const startsInMs = (zeroUs - monotonicUs()) / 1000;
    this.#ticker?.enter('load', load.durationMs, zeroUs);
    const entries = entryNodes(deployment.nodes, (nodes) => pool.setEndpoints(nodes.map((node) => this.#entranceOf(node))));
    const schedule = playSchedule({
      faults,
      startsInMs,
      contextOf: (fault) => this.#faultContext(deployment, entries, fault, ended),
      signal: ended,
      onEvent: (event) => this.#tellFault(event),
    });
    for (const cause of [this.#abort.signal, end.early])
      cause.addEventListener('abort', () => this.#stopSending(pool), { once: true });
    try {
      await delay(Math.max(0, startsInMs), undefined, { signal: ended }).catch(() => signal.throwIfAborted());
      await sampler.beginSpan();
      await Promise.all([handedOut, this.#http?.play(zeroUs, ended), this.#options.profiler?.begin()]);
    } finally {
      // Also when interrupted: an abort makes the schedule undo what it injected.
      await schedule.done;
    }
    signal.throwIfAborted();
    return schedule;
  }

  #stopSending(pool: WorkerPool): void {
    const { happened } = this.#abort;
    if (happened !== null) this.#warn(`${abortText(happened)}; sending stops and every fault is undone`);
    // A broken pool rejects the promise of the load.
    pool.stopSending().catch(() => undefined);
  }

  #faultContext(deployment: Deployment, entries: EntryNodes, fault: FaultPlan, signal: AbortSignal): FaultContext {
    const names = new UserNames(this.#plan.users, this.#options.standing?.firstName);
    const around = {
      plan: this.#plan,
      deployment,
      names,
      zeroUs: this.#zeroUs,
      signal,
      entryNodes: entries,
      journal: this.#journal,
      network: this.#network,
      ground: this.#ground,
      userControl: this.#pool,
      driver: this.#driver,
    };
    return faultContext(around, fault);
  }

  /** Where users reach a node: at the node itself, or at its proxy. */
  #entranceOf(node: DeployedNode): Entrance {
    return this.#network?.entrance(node) ?? node.endpoint;
  }

  #tellFault({ what, record }: FaultEvent): void {
    // A node may have been restarted.
    this.#journalProcesses();
    const atMs = (monotonicUs() - this.#zeroUs) / 1000;
    const words = { injected: 'struck', healed: 'healed', failed: 'NOT VERIFIED', skipped: 'skipped' }[what];
    const lasted = what === 'healed' ? record.evidence.find((text) => text.startsWith(LASTED)) : undefined;
    const said = what === 'failed' || what === 'skipped' ? (record.evidence.at(-1) ?? '') : lasted;
    const why = said === undefined ? '' : `: ${said}`;
    this.#options.progress({
      kind: 'fault',
      atMs,
      message: `${record.plan.kind} ${words}${record.target === '' ? '' : ` ${record.target}`}${why}`,
      ok: what !== 'failed',
      what,
      fault: record.plan.kind,
      target: record.target,
    });
  }

  #tellReading(progress: WorkerProgress): void {
    const reading = this.#readings.add(progress);
    if (reading === null) return;
    this.#abort.observe(reading);
    this.#options.progress({ kind: 'reading', reading });
  }

  /** Once for each rule, as soon as it is seen to be broken: the author of the driver need not wait for the end. */
  #tellBrokenRules({ brokenRules = [] }: WorkerProgress): void {
    for (const broken of brokenRules) {
      if (this.#toldRules.has(broken.rule)) continue;
      this.#toldRules.add(broken.rule);
      this.#warn(`${brokenRuleText(broken)}: this run will be invalid`);
    }
  }

  #journalProcesses(): void {
    this.#journal.processes(processesOf(this.#deployment, this.#pool, this.#http));
  }

  #phase(phase: Extract<RunEvent, { kind: 'phase' }>['phase'], message: string): void {
    this.#options.progress({ kind: 'phase', phase, message });
  }

  #warn(message: string): void {
    this.#options.progress({ kind: 'warning', message });
  }
}
