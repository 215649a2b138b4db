/**
 * A target that stands while a file of tests runs, and what a test does with it. Loads take turns: two at once would measure each other.
 */
import { randomInt } from 'node:crypto';
import { MAX_SEED, type ScenarioInput } from '../../../plan/scenario/schema.ts';
import { parseDurationMs } from '../../../plan/scenario/units.ts';
import { defaultRunPath } from '../../../run/folder/run-folder.ts';
import { type CompareOptions, type ComparisonOutcome, compare } from '../compare.ts';
import { plan, type ScenarioGiven } from '../plan.ts';
import type { RunOutcome } from '../play-plan.ts';
import { playPlanInArena, type RunOptions } from '../run.ts';
import { ScenarioError } from '../scenario-error.ts';
import { StandingTarget, type TargetGiven } from '../standing-target.ts';

/** A step of a scenario's `faults`, without its time; or the name of its kind. */
export type FaultGiven = string | { readonly kind: string; readonly for?: string; readonly [setting: string]: unknown };

export interface DrillOptions extends RunOptions {
  /** 200 without: enough to say what a connection costs. */
  readonly users?: number;
  /** Messages a second: 200/s without. */
  readonly rate?: string;
  /** Load before the fault, which is what recovery is measured against: 2s without. */
  readonly before?: string;
  /** Load after it was undone, in which recovery must show: 5s without. */
  readonly after?: string;
}

export class Arena {
  readonly #standing: StandingTarget;
  readonly #ending = new AbortController();
  /** The load that is under way, if any; never rejects. */
  #turn: Promise<unknown> = Promise.resolve();
  #runs = 0;

  /** Starts the target. @throws as StandingTarget.start. */
  static async open(target: TargetGiven): Promise<Arena> {
    return new Arena(await StandingTarget.start(target));
  }

  private constructor(standing: StandingTarget) {
    this.#standing = standing;
  }

  /** The server that stands, for whatever a test wants to ask of it. */
  get target(): StandingTarget {
    return this.#standing;
  }

  /**
   * Plays a scenario on the target that stands, whatever target the scenario names, with users that the server has not seen.
   * With `arena: true` it gets a server of its own, in the namespaces of its own that some faults need (Linux). Outcomes are for the
   * matchers: a failed run is no exception. @throws as `run`.
   */
  run(scenario: ScenarioGiven, options: RunOptions = {}): Promise<RunOutcome> {
    return this.#inTurn(() => this.#play(scenario, options));
  }

  /** One fault under a small load: `arena.drill('kill-node')`, `arena.drill({ kind: 'kill-node', for: '500ms' })`. */
  async drill(fault: FaultGiven, options: DrillOptions = {}): Promise<RunOutcome> {
    const { users = 200, rate = '200/s', before = '2s', after = '5s', ...rest } = options;
    const step = typeof fault === 'string' ? { kind: fault } : fault;
    const lastsMs = milliseconds('before', before) + milliseconds('for', step.for ?? 0) + milliseconds('after', after);
    const scenario: ScenarioInput = {
      name: `drill-${step.kind}`,
      users,
      load: { model: 'poisson', rate, duration: `${lastsMs}ms` },
      faults: [{ at: before, ...step }],
    };
    return this.run(scenario, rest);
  }

  /**
   * Compares two configurations of the arena's target, in turns, each run with a fresh server: `arena.compare('durability=commit',
   * 'durability=fsync')`. The one that stands rests meanwhile. It takes minutes: give the test time, or say `blocks`.
   */
  compare(a: string, b: string, options: CompareOptions = {}): Promise<ComparisonOutcome> {
    const { set = [], signal, ...rest } = options;
    return this.#inTurn(() => compare(a, b, { ...rest, set: [this.#targetOverride, ...set], signal: this.#endingOr(signal) }));
  }

  /** Cuts short what is under way and ends the target. */
  async close(): Promise<void> {
    this.#ending.abort(new Error('the arena was closed'));
    await this.#turn;
    await this.#standing.stop();
  }

  /** After whatever is under way. */
  #inTurn<Outcome>(play: () => Promise<Outcome>): Promise<Outcome> {
    const playing = this.#turn.then(play);
    this.#turn = playing.catch(() => undefined);
    return playing;
  }

  /** The arena's target in the place of the scenario's. */
  get #targetOverride(): string {
    const { needs: _needs, config, ...target } = this.#standing.settings;
    const set = Object.entries({ ...config, ...target }).filter(([, value]) => value !== null);
    return `target=${JSON.stringify(Object.fromEntries(set))}`;
  }

  #endingOr(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#ending.signal : AbortSignal.any([signal, this.#ending.signal]);
  }

  async #play(scenario: ScenarioGiven, options: RunOptions): Promise<RunOutcome> {
    const { set = [], seed, outDir, signal, arena, ...followed } = options;
    const planned = await plan(scenario, { set: [this.#targetOverride, ...set], seed: seed ?? randomInt(MAX_SEED + 1) });
    this.#runs += 1;
    const place = `${defaultRunPath(new Date(), planned.scenario.name, this.#standing.settings.use)}-${process.pid}-${this.#runs}`;
    const playing = { ...followed, outDir: outDir ?? place, signal: this.#endingOr(signal) };
    return arena === true ? playPlanInArena(planned, playing) : this.#standing.run(planned, playing);
  }
}

function milliseconds(name: string, written: string | 0): number {
  const parsed = parseDurationMs(written);
  if (parsed.ok) return parsed.value;
  throw new ScenarioError(`${name}: ${JSON.stringify(written)} is ${parsed.message}`);
}
