/**
 * A deployment and load workers that stay up for many short runs, one after another. Each run has its own users, whose mailboxes no earlier
 * run has touched. Dead nodes are restarted between the runs; after a violation, or when anything is not as it should be, the whole cluster
 * is replaced.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeployedNode, Deployment, Target } from '../../../targets/target.ts';
import { judge } from '../../evidence/ledger/judge.ts';
import { monotonicUs } from '../../evidence/measure/clock.ts';
import { errorText } from '../../evidence/result/printable.ts';
import { isModulePath } from '../../plan/own-server/module-path.ts';
import type { FaultPlan, Plan } from '../../plan/scenario/plan.ts';
import { driverFaults } from '../../run/conductor/messages/driver-faults.ts';
import { entryNodes } from '../../run/conductor/messages/entry-nodes.ts';
import { faultContext } from '../../run/conductor/messages/fault-context.ts';
import { presenceTerms } from '../../run/conductor/messages/presence-terms.ts';
import { nodeRuntime } from '../../run/conductor/node-runtime.ts';
import { processesOf, type RunJournal } from '../../run/conductor/run-journal.ts';
import { brokenRuleText } from '../../run/drivers/driver-rules.ts';
import { eventually } from '../../run/faults/eventually.ts';
import { playSchedule } from '../../run/faults/interpreter.ts';
import { bareGround } from '../../run/faults/machine/ground.ts';
import type { Network } from '../../run/faults/network/network.ts';
import { networkFor } from '../../run/faults/network/network-for.ts';
import { UserNames } from '../../run/load/user-names.ts';
import { type DrainReport, drainEndOf, type PoolCounts, WorkerPool, type WorkerPoolOptions } from '../../run/load/worker-pool.ts';
import type { Entrance } from '../../run/load/worker-protocol.ts';
import { makeFolder } from '../../run/tools/make-folder.ts';
import type { Schedule } from './schedule.ts';
import { failedTrial, type Lab, type Trial, trialOf } from './trial.ts';

/** Limit for a node that is starting when a run ends. */
const READY_LIMIT_MS = 15_000;
/** Drains after the first, each only after progress in the one before. */
const MORE_DRAINS = 10;
/** Third bytes of the deployments' addresses. */
const DEPLOYMENTS = 250;

export interface WarmClusterOptions {
  readonly target: Target;
  /** The load, the users and the limits of every run; its faults are the schedules'. */
  readonly plan: Plan;
  /** Existing folder; logs stay in it, data is removed by `stop`. */
  readonly folder: string;
  readonly journal: RunJournal;
  /** All possible faults: the network has proxies wherever one of them acts. */
  readonly possibleFaults: readonly FaultPlan[];
  readonly signal: AbortSignal;
  /** Something out of the ordinary, in words. */
  onNotice(message: string): void;
}

export class WarmCluster implements Lab {
  readonly #options: WarmClusterOptions;
  #deployment: Deployment | null = null;
  #network: Network | null = null;
  #pool: WorkerPool | null = null;
  /** Number of the next user that no run has had. */
  #nextName = 0;
  #facts: Pick<Deployment, 'target' | 'config'> | null = null;
  /** Number of deployments so far. */
  #deployments = 0;

  constructor(options: WarmClusterOptions) {
    this.#options = options;
  }

  /** What the server says about itself, and the settings it really runs with; null before the first run. */
  get facts(): Pick<Deployment, 'target' | 'config'> | null {
    return this.#facts;
  }

  /**
   * Plays one run. A failure of the machinery makes a run that does not count, and a new cluster.
   * @throws what the target throws if it cannot be started, and the signal's reason.
   */
  async play(schedule: Schedule): Promise<Trial> {
    const { signal } = this.#options;
    signal.throwIfAborted();
    const deployment = await this.#healthyDeployment();
    try {
      const trial = await this.#run(deployment, schedule);
      if (trial.broken.length > 0 || trial.discounted !== null) await this.#discard();
      return trial;
    } catch (error) {
      signal.throwIfAborted();
      await this.#discard();
      return failedTrial(errorText(error));
    }
  }

  /** Ends everything and removes the data; idempotent. */
  async stop(): Promise<void> {
    const pool = this.#pool;
    this.#pool = null;
    // The workers first: a server that goes away under them would only make them try again.
    await pool?.stop();
    await this.#discard();
    await rm(join(this.#options.folder, 'observations'), { recursive: true, force: true });
  }

  killNow(): void {
    this.#pool?.killNow();
    this.#deployment?.killNow();
  }

  async #run(deployment: Deployment, schedule: Schedule): Promise<Trial> {
    const { plan: base, signal, journal } = this.#options;
    const plan = { ...base, seed: schedule.seed, faults: schedule.faults };
    const { users, load, limits } = plan;
    const names = new UserNames(users, this.#nextName);
    const pool = await this.#crowd(deployment, plan);
    this.#nextName += users;
    await pool.connect(pool.connections, load.connectPerSecond, limits.connectMs);
    const { zeroUs, handedOut } = pool.startLoad();
    const entries = entryNodes(deployment.nodes, (nodes) => pool.setEndpoints(nodes.map((node) => this.#entranceOf(node))));
    const around = {
      plan,
      deployment,
      names,
      zeroUs,
      signal,
      entryNodes: entries,
      journal,
      network: this.#network,
      ground: bareGround,
      userControl: pool,
      driver: plan.load.driver ?? this.#options.target.driver,
    };
    const playing = playSchedule({
      faults: plan.faults,
      startsInMs: (zeroUs - monotonicUs()) / 1000,
      contextOf: (fault) => faultContext(around, fault),
      signal,
      // A node may have been restarted.
      onEvent: () => this.#journalProcesses(),
    });
    try {
      await handedOut;
    } finally {
      // Also when interrupted: an abort makes the schedule undo what it injected.
      await playing.done;
    }
    const drain = await drainPatiently(pool, limits.drainMs);
    const unrest = unrestText(drain.counts, pool, limits.drainMs);
    const endUs = monotonicUs() - zeroUs;
    const lingerMs = deployment.presenceLingerMs ?? null;
    const terms = presenceTerms({ plan, faults: playing.records, lingerMs, lagUs: limits.lagP99Ms * 1000, endUs });
    const observations = await pool.finish(drain.drained);
    const delivery = judge(observations, drainEndOf(drain), terms);
    const driver = { name: pool.driverName, brokenRules: pool.brokenRules };
    const [mistake] = isModulePath(around.driver) ? driverFaults(driver, delivery, observations) : [];
    return mistake === undefined ? trialOf(delivery, playing.records, unrest) : failedTrial(brokenRuleText(mistake));
  }

  /** The workers, with a crowd of users that is new to the server. */
  async #crowd(deployment: Deployment, plan: Plan): Promise<WorkerPool> {
    const { target, folder, signal } = this.#options;
    const crowd = {
      users: plan.users,
      firstName: this.#nextName,
      seed: plan.seed,
      load: plan.load,
      endpoints: deployment.nodes.map((node) => this.#entranceOf(node)),
      credential: (user, device) => deployment.credential(user, device),
    } satisfies Partial<WorkerPoolOptions>;
    if (this.#pool !== null) {
      try {
        await this.#pool.renew(crowd);
        return this.#pool;
      } catch (error) {
        signal.throwIfAborted();
        this.#options.onNotice(`new load workers: ${errorText(error)}`);
        await this.#pool.stop();
        this.#pool = null;
      }
    }
    const observations = join(folder, 'observations');
    makeFolder(observations);
    this.#pool = await WorkerPool.start({
      ...crowd,
      driver: plan.load.driver ?? target.driver,
      owned: plan.target.owned,
      folder: observations,
      signal,
    });
    this.#journalProcesses();
    return this.#pool;
  }

  /** The deployment with every node up; a new deployment if that is not possible. */
  async #healthyDeployment(): Promise<Deployment> {
    const deployment = this.#deployment;
    if (deployment !== null) {
      try {
        if (deployment.nodes.length === this.#options.plan.target.nodes) {
          await Promise.all(deployment.nodes.map(bringUp));
          this.#journalProcesses();
          return deployment;
        }
      } catch (error) {
        this.#options.signal.throwIfAborted();
        this.#options.onNotice(`a new cluster: ${errorText(error)}`);
      }
      await this.#discard();
    }
    return this.#start();
  }

  async #start(): Promise<Deployment> {
    const { target, plan, folder, possibleFaults, signal } = this.#options;
    const number = this.#deployments;
    this.#deployments += 1;
    // Simultaneous explorations, and this one's own deployments, get their own addresses.
    const deployment = ((process.pid + number) % DEPLOYMENTS) + 1;
    this.#network = await networkFor(
      { target: plan.target, faults: possibleFaults },
      deployment,
      () => this.#deployment?.nodes ?? [],
    );
    const runtime = await nodeRuntime(plan.target, signal);
    this.#deployment = await target.start({
      nodes: plan.target.nodes,
      durability: plan.target.durability,
      dataDir: join(folder, 'data', String(number)),
      logDir: join(folder, 'logs', String(number)),
      deployment,
      config: plan.target.config,
      via: this.#network?.via ?? null,
      env: {},
      ...(runtime === undefined ? {} : { runtime }),
    });
    this.#journalProcesses();
    this.#facts = { target: this.#deployment.target, config: this.#deployment.config };
    return this.#deployment;
  }

  /** Where users reach a node: at the node itself, or at its proxy. */
  #entranceOf(node: DeployedNode): Entrance {
    return this.#network?.entrance(node) ?? node.endpoint;
  }

  #journalProcesses(): void {
    this.#options.journal.processes(processesOf(this.#deployment, this.#pool));
  }

  /** Ends the deployment, if there is one, and removes its data. */
  async #discard(): Promise<void> {
    const deployment = this.#deployment;
    this.#deployment = null;
    // Nothing of it is needed any more, so there is no reason to let it leave in good order.
    deployment?.killNow();
    await deployment?.stop();
    await this.#network?.close();
    this.#network = null;
    await rm(join(this.#options.folder, 'data'), { recursive: true, force: true });
  }
}

/** As long as something arrives or is acknowledged, a slow machine is not mistaken for a server that is stuck. */
async function drainPatiently(pool: WorkerPool, limitMs: number): Promise<DrainReport> {
  let report = await pool.drain(limitMs);
  for (let again = 0; again < MORE_DRAINS && !report.drained; again += 1) {
    const before = progressOf(report);
    report = await pool.drain(limitMs);
    if (progressOf(report) === before) break;
  }
  return report;
}

function unrestText(
  { all: { connected, outstanding, stopped }, ends }: PoolCounts,
  { connections, devices }: Pick<WorkerPool, 'connections' | 'devices'>,
  limitMs: number,
): string {
  const away = `${connected} of ${connections} ${devices === 1 ? 'users' : 'devices'} connected${stopped === 0 ? '' : ` (${stopped} were told not to come back)`}`;
  const reasons = ends.slice(0, 3).map(({ reason, count }) => `${reason} (${count})`);
  return `${away}, ${outstanding} sends unacknowledged, nothing new for ${limitMs} ms; connections ended by: ${reasons.join(', ') || 'nothing'}`;
}

function progressOf({ counts: { all } }: DrainReport): number {
  return all.acked + all.failed + all.deliveries;
}

async function bringUp(node: DeployedNode): Promise<void> {
  if (node.state === 'paused') await node.resume();
  if (node.state === 'dead') await node.restart();
  const state = await eventually(
    () => Promise.resolve(node.state),
    (now) => now === 'ready' || now === 'dead',
    READY_LIMIT_MS,
  );
  if (state !== 'ready') throw new Error(`node ${node.name} is ${state}`);
}
