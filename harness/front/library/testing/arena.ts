/**
 * A target that runs while the tests of a file run, and what a test can do with it. Loads take turns, because two at once would disturb
 * each other's figures.
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
  /** 200 by default: enough to measure the cost of a connection. */
  readonly users?: number;
  /** Messages a second: 200/s by default. */
  readonly rate?: string;
  /** Load before the fault, with which recovery is compared: 2s by default. */
  readonly before?: string;
  /** Load after the fault was undone, in which recovery must show: 5s by default. */
  readonly after?: string;
}

export class Arena {
  readonly #standing: StandingTarget;
  readonly #ending = new AbortController();
  /** The current load, if any; never rejects. */
  #turn: Promise<unknown> = Promise.resolve();
  #runs = 0;

  /** Starts the target. @throws like StandingTarget.start. */
  static async open(target: TargetGiven): Promise<Arena> {
    return new Arena(await StandingTarget.start(target));
  }

  private constructor(standing: StandingTarget) {
    this.#standing = standing;
  }

  /** The running server, for whatever a test wants to ask it. */
  get target(): StandingTarget {
    return this.#standing;
  }

  /**
   * Plays a scenario on the running target, whichever target the scenario names, with users that the server has not seen before. With
   * `arena: true` it gets its own server, in its own namespaces, which some faults need (Linux). Outcomes are meant for the matchers: a
   * failed run is not an exception. @throws like `run`.
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
   * Compares two configurations of the arena's target by runs that take turns, each with a fresh server:
   * `arena.compare('durability=commit', 'durability=fsync')`. The running target is idle in the meantime. It takes minutes: give the test
   * time, or set `blocks`.
   */
  compare(a: string, b: string, options: CompareOptions = {}): Promise<ComparisonOutcome> {
    const { set = [], signal, ...rest } = options;
    return this.#inTurn(() => compare(a, b, { ...rest, set: [this.#targetOverride, ...set], signal: this.#endingOr(signal) }));
  }

  /** Cuts short what is running and ends the target. */
  async close(): Promise<void> {
    this.#ending.abort(new Error('the arena was closed'));
    await this.#turn;
    await this.#standing.stop();
  }

  /** After whatever is running. */
  #inTurn<Outcome>(play: () => Promise<Outcome>): Promise<Outcome> {
    const playing = this.#turn.then(play);
    this.#turn = playing.catch(() => undefined);
    return playing;
  }

  /** Replaces the scenario's target by the arena's. */
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
