/**
 * What a machine may do to a series of runs, as simulated gates see it: noise on a log scale, one number a run. Each model has the same
 * spread within a run (`RUN_DEVIATION`), and some have a state of the machine on top that goes on from run to run.
 */
import type { Random } from '../../../harness/evidence/stats/random.ts';

/** Of the logarithm of one run's value: 5%, as short runs on a shared machine of two cores have it. A block of four then has 5% too. */
const RUN_DEVIATION = 0.05;
/** Correlation of the machine's state from one run to the next, and its spread beside the run's own. */
const AR_CORRELATION = 0.9;
const AR_DEVIATION = 0.1;
/** The machine becomes so much slower with every run: 20% over a gate of 96 runs. */
const DRIFT_A_RUN = 0.2 / 96;
/** One run in so many meets something else that runs, and takes up to so much longer (exponential). */
const SPIKE_SHARE = 0.05;
const SPIKE_MEAN = 0.3;

export const noiseModels = {
  independent: 'independent runs, deviation 5%',
  autocorrelated:
    'a state of the machine that carries over from run to run (AR(1), 0.9) with a deviation of 10%, on top of 5% for each run',
  drift: 'the machine becomes 20% slower over the gate, on top of 5% for each run',
  spikes: 'one run in twenty takes longer by 30% on average (exponential), on top of 5% for each run',
} as const;
export type NoiseModel = keyof typeof noiseModels;

/** A standard normal number (Box and Muller, 1958, one of the pair). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());
}

/** The noise of `runs` runs one after another. */
export function noiseOf(model: NoiseModel, runs: number, random: Random): number[] {
  let state = AR_DEVIATION * normal(random);
  /** What the machine adds to a run's own noise. */
  const machine: Readonly<Record<NoiseModel, (run: number) => number>> = {
    independent: () => 0,
    autocorrelated: () => {
      state = AR_CORRELATION * state + Math.sqrt(1 - AR_CORRELATION ** 2) * AR_DEVIATION * normal(random);
      return state;
    },
    drift: (run) => DRIFT_A_RUN * run,
    spikes: () => (random.unit() < SPIKE_SHARE ? random.exponential(SPIKE_MEAN) : 0),
  };
  return Array.from({ length: runs }, (_, run) => RUN_DEVIATION * normal(random) + machine[model](run));
}
