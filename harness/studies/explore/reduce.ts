/** Reduces a schedule that broke a property to the smallest and simplest that still does, and measures how often it does. */
import type { FaultPlan } from '../../plan/scenario/plan.ts';
import { ddmin } from './ddmin.ts';
import { failsOften, type Reproduction, repeatsFor, reproduction, reproductionOf } from './reproduce.ts';
import { inOrder, type Schedule } from './schedule.ts';
import { simplify } from './simplify.ts';
import type { Lab, Trial } from './trial.ts';

/** Runs that measure how often the original schedule fails: few if all of them fail, more if they disagree. */
const FIRST_RUNS = 2;
const MORE_FIRST_RUNS = 6;
/** Maximum runs of the reduction, not counting the first and the last ones. */
const MAX_RUNS = 80;
export interface Reduction {
  readonly minimal: Schedule;
  readonly reproduction: Reproduction;
  /** Offenders of the last run of `minimal` that failed, in words; of the first violation if none did. */
  readonly evidence: readonly string[];
  /** False if it had to stop before it was done. */
  readonly complete: boolean;
}

export interface ReduceOptions {
  readonly lab: Lab;
  /** Fresh runs of the result, which measure its rate: none of those that led to it. */
  readonly times: number;
  /** Ways in which a schedule is simpler than this one. */
  simpler(schedule: Schedule): readonly Schedule[];
  /** False: stop here, whether making it smaller or measuring its rate. */
  goOn(what: 'shrink' | 'rate'): boolean;
  /** Called for each smaller schedule that was kept. */
  onSmaller(schedule: Schedule): void;
}

/** Reduces `found`, which broke `property` once, as `first` shows. */
export async function reduce(found: Schedule, property: string, first: Trial, options: ReduceOptions): Promise<Reduction> {
  const { lab } = options;
  let complete = true;
  const goOn = (what: 'shrink' | 'rate'): boolean => {
    const may = options.goOn(what);
    if (!may) complete = false;
    return may;
  };
  const mayShrink = (): boolean => goOn('shrink');
  let evidence = first.evidence;
  let runs = 0;
  const attempt = async (schedule: Schedule): Promise<boolean | null> => {
    if (!mayShrink()) return null;
    runs += 1;
    const trial = await lab.play(schedule);
    if (trial.discounted !== null) return null;
    return trial.broken.includes(property);
  };
  let original = await reproductionOf(FIRST_RUNS, () => attempt(found), mayShrink);
  if (original.failures < original.runs || original.runs === 0) {
    const more = await reproductionOf(MORE_FIRST_RUNS, () => attempt(found), mayShrink);
    original = reproduction(original.runs + more.runs, original.failures + more.failures);
  }
  let minimal = found;
  if (original.failures > 0) {
    const repeats = repeatsFor(original.failures / original.runs);
    const until = runs + MAX_RUNS;
    const within = (): boolean => {
      if (runs >= until) complete = false;
      return runs < until && mayShrink();
    };
    const fails = async (candidate: Schedule): Promise<boolean> => {
      const kept = await failsOften(repeats, () => attempt(candidate));
      if (kept) options.onSmaller(candidate);
      return kept;
    };
    const { seed } = found;
    const faults = await ddmin<FaultPlan>(found.faults, (some) => fails({ seed, faults: some }), within);
    minimal = await simplify({ seed, faults }, options.simpler, fails, within);
  }
  // Renumbered, as its scenario file will be: this is the run whose rate is given.
  minimal = inOrder(minimal.seed, minimal.faults);
  const rate = await reproductionOf(
    options.times,
    async () => {
      const trial = await lab.play(minimal);
      if (trial.broken.includes(property)) evidence = trial.evidence;
      return trial.discounted === null ? trial.broken.includes(property) : null;
    },
    () => goOn('rate'),
  );
  return { minimal, reproduction: rate, evidence, complete };
}
