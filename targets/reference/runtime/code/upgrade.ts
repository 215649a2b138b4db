import type { AnyBehaviour } from '../behaviour.ts';
import type { ExitReason } from '../exit-reason.ts';
import type { Kernel } from '../kernel.ts';
import type { Pid } from '../pid.ts';
import type { Process } from '../process.ts';
import { changedState } from './change-process.ts';

/** One module of a release: the code to go to, and what its `codeChange` is told. */
export interface UpgradeInstruction {
  readonly behaviour: AnyBehaviour;
  readonly extra?: unknown;
}

export interface UpgradeReport {
  readonly outcome: 'upgraded' | 'kept old code';
  readonly migrated: number;
  /** Why the old code was kept: the process whose state could not be translated, or the module that is not purged. */
  readonly failure: { readonly module: string; readonly pid: Pid | null; readonly reason: ExitReason } | null;
  readonly durationMs: number;
}

/** States are translated for so long before others have a turn. */
const CHUNK_MS = 2;

/**
 * Take every process of the given modules to other code, all or none: suspend them, translate their states (a few milliseconds
 * at a time), and only when every translation succeeded switch code and states over; then resume. Messages wait meanwhile; none
 * is lost. If one translation throws, all go on with the code and the state they had.
 */
export class Upgrade {
  readonly #kernel: Kernel;
  readonly #instructions: readonly UpgradeInstruction[];
  readonly #direction: 'up' | 'down';
  readonly #done: (report: UpgradeReport) => void;
  readonly #states = new Map<Process, { readonly next: AnyBehaviour; readonly state: unknown }>();
  readonly #byName: ReadonlyMap<string, UpgradeInstruction>;
  /** The code each module is taken from. */
  readonly #previous = new Map<AnyBehaviour, AnyBehaviour>();
  readonly #walk: Iterator<Process>;
  readonly #beganMs: number;
  #working: { process: Process; instruction: UpgradeInstruction } | null = null;

  constructor(
    kernel: Kernel,
    instructions: readonly UpgradeInstruction[],
    direction: 'up' | 'down',
    done: (report: UpgradeReport) => void,
  ) {
    this.#kernel = kernel;
    this.#instructions = instructions;
    this.#direction = direction;
    this.#done = done;
    this.#byName = new Map(instructions.map((instruction) => [instruction.behaviour.name, instruction]));
    this.#walk = kernel.table[Symbol.iterator]();
    this.#beganMs = kernel.platform.clock.monotonicMs();
  }

  /** Begins in a turn of its own, so that it may be asked for by anybody at any time. */
  begin(): void {
    this.#kernel.platform.turns.defer(this.#step, this.#cut);
  }

  readonly #step = (): void => {
    const { code, table, platform } = this.#kernel;
    const refused = this.#instructions.find(({ behaviour }) => code.mustPurge(behaviour, table));
    if (refused !== undefined) {
      this.#finish({ module: refused.behaviour.name, pid: null, reason: 'not_purged' });
      return;
    }
    const until = platform.clock.monotonicMs() + CHUNK_MS;
    for (let next = this.#walk.next(); next.done !== true; next = this.#walk.next()) {
      if (!this.#translate(next.value)) return;
      if (platform.clock.monotonicMs() > until) {
        this.begin();
        return;
      }
    }
    this.#kernel.platform.turns.defer(this.#commit, null);
  };

  /** Suspend a process that is concerned and work out its new state. Returns false when that failed, and the upgrade with it. */
  #translate(process: Process): boolean {
    const instruction = this.#byName.get(process.behaviour.name);
    if (instruction === undefined || process.behaviour === instruction.behaviour) return true;
    if (!process.alive || this.#states.has(process)) return true;
    this.#working = { process, instruction };
    this.#kernel.scheduler.suspend(process);
    const { turns } = this.#kernel.platform;
    turns.begin();
    const changed = changedState(process, instruction.behaviour, this.#direction, instruction.extra);
    turns.shelter();
    this.#working = null;
    if (!changed.ok) {
      this.#finish({ module: instruction.behaviour.name, pid: process, reason: changed.reason }, process);
      return false;
    }
    this.#states.set(process, { next: instruction.behaviour, state: changed.state });
    this.#previous.set(instruction.behaviour, process.behaviour);
    return true;
  }

  /** A translation did not return: it failed like any other. */
  readonly #cut = (): void => {
    const process = this.#working?.process ?? null;
    this.#finish({ module: this.#working?.instruction.behaviour.name ?? '', pid: process, reason: 'runaway' }, process);
  };

  /** In one go, and not guarded: it is the runtime's own work, and to cut it off would leave some on either code. */
  readonly #commit = (): void => {
    const { code, table } = this.#kernel;
    // Processes that came to be during the walk: few.
    for (const process of table) if (!this.#translate(process)) return;
    for (const { behaviour } of this.#instructions) code.load(behaviour, this.#previous.get(behaviour) ?? null, table);
    let migrated = 0;
    for (const [process, { next, state }] of this.#states) {
      if (!process.alive) continue;
      process.behaviour = next;
      process.state = state;
      migrated++;
    }
    this.#resumeAll();
    this.#done({ outcome: 'upgraded', migrated, failure: null, durationMs: this.#elapsedMs() });
  };

  #finish(failure: UpgradeReport['failure'], alsoSuspended: Process | null = null): void {
    const end = (): void => {
      if (alsoSuspended !== null) this.#kernel.scheduler.resume(alsoSuspended);
      this.#resumeAll();
      this.#done({ outcome: 'kept old code', migrated: 0, failure, durationMs: this.#elapsedMs() });
    };
    this.#kernel.platform.turns.defer(end, null);
  }

  #resumeAll(): void {
    for (const process of this.#states.keys()) this.#kernel.scheduler.resume(process);
  }

  #elapsedMs(): number {
    return this.#kernel.platform.clock.monotonicMs() - this.#beganMs;
  }
}
