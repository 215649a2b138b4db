/**
 * A target that is started once and serves many runs, one after another: for test suites, where a start for each test would take too long.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment } from '../../../targets/target.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import type { ScenarioInput } from '../../plan/scenario/schema.ts';
import { availableTarget } from '../../run/conductor/available-target.ts';
import { nodeRuntime } from '../../run/conductor/node-runtime.ts';
import { needsServerOfItsOwn } from '../../run/conductor/standing-server.ts';
import { plan as planOf } from './plan.ts';
import { type PlayOptions, playPlan, type RunOutcome } from './play-plan.ts';

/** The section `target` of a scenario. */
export type TargetGiven = NonNullable<ScenarioInput['target']>;

/** Third bytes of the addresses 127.0.<deployment>.<node>. */
const DEPLOYMENTS = 250;

export class StandingTarget {
  /** As a plan has it: checked, with its defaults. */
  readonly settings: Plan['target'];
  readonly #folder: string;
  #deployment: Deployment | null = null;
  #nextName = 0;
  #starts = 0;
  readonly #killNow = (): void => this.#deployment?.killNow();

  /**
   * Starts a target.
   * @throws ScenarioError for mistakes in `given`; RunError if it cannot run here; and what the target throws if it does not start.
   */
  static async start(given: TargetGiven): Promise<StandingTarget> {
    const { target } = await planOf({ name: 'standing', target: given, users: 2, load: { rate: '1/s', duration: '1s' } });
    const standing = new StandingTarget(target, await mkdtemp(join(tmpdir(), 'letitcrash-target-')));
    try {
      await standing.#healthy();
      return standing;
    } catch (error) {
      await standing.stop();
      throw error;
    }
  }

  private constructor(settings: Plan['target'], folder: string) {
    this.settings = settings;
    this.#folder = folder;
    process.once('exit', this.#killNow);
  }

  /** What is running; null once it is stopped. */
  get deployment(): Deployment | null {
    return this.#deployment;
  }

  /**
   * Plays a plan on the target, with users that it has not seen before. A plan with faults that must be prepared before the server starts
   * (on its network paths, its disk or its clock) gets its own server for that run.
   */
  async run(plan: Plan, options: PlayOptions): Promise<RunOutcome> {
    if (needsServerOfItsOwn(plan)) return playPlan(plan, options);
    const deployment = await this.#healthy();
    const firstName = this.#nextName;
    this.#nextName += plan.users;
    return playPlan(plan, options, { deployment, firstName });
  }

  /** Ends the target and removes its data; idempotent. */
  async stop(): Promise<void> {
    const deployment = this.#deployment;
    this.#deployment = null;
    process.off('exit', this.#killNow);
    await deployment?.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Brings every node up: nodes that a run killed are restarted, and if that fails, the whole target is. */
  async #healthy(): Promise<Deployment> {
    const standing = this.#deployment;
    if (standing !== null) {
      try {
        await Promise.all(standing.nodes.map((node) => (node.state === 'dead' ? node.restart() : node.resume())));
        return standing;
      } catch {
        this.#deployment = null;
        await standing.stop();
      }
    }
    this.#starts += 1;
    const folder = join(this.#folder, String(this.#starts));
    const { use, nodes, durability, config } = this.settings;
    const target = await availableTarget(use);
    const runtime = await nodeRuntime(this.settings, new AbortController().signal);
    this.#deployment = await target.start({
      nodes,
      durability,
      config,
      dataDir: join(folder, 'data'),
      logDir: join(folder, 'logs'),
      deployment: (process.pid % DEPLOYMENTS) + 1,
      via: null,
      env: {},
      ...(runtime === undefined ? {} : { runtime }),
    });
    return this.#deployment;
  }
}
