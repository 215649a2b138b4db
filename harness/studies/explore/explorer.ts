/**
 * The search: fast-check draws schedules, the lab plays them, and a schedule that breaks a property is reduced.
 *
 * fast-check only draws: it stops at the first failure and does not shrink, because its shrinking would trust a single run.
 */
import fc from 'fast-check';
import { reduce } from './reduce.ts';
import { type Reproduction, reproduction } from './reproduce.ts';
import type { Schedule } from './schedule.ts';
import type { Lab, Trial } from './trial.ts';

/** More than any budget has time for. */
const MAX_SCHEDULES = 1_000_000;
/** Number in a row after which the server, or the machine, is considered unfit to be explored. */
const MAX_DISCOUNTED = 10;

export interface Finding {
  readonly property: string;
  /** As it was drawn. */
  readonly schedule: Schedule;
  readonly minimal: Schedule;
  readonly reproduction: Reproduction;
  readonly evidence: readonly string[];
  /** False if the reduction was cut short. */
  readonly complete: boolean;
}

/** Why the search is over. `unfit`: too many runs in a row proved nothing. */
export type Ending = 'found' | 'spent' | 'interrupted' | 'unfit';

export type ExplorerEvent =
  | { readonly kind: 'played'; readonly schedule: Schedule; readonly trial: Trial; readonly purpose: 'search' | 'reduce' }
  | { readonly kind: 'violation'; readonly property: string; readonly schedule: Schedule; readonly evidence: readonly string[] }
  | { readonly kind: 'smaller'; readonly schedule: Schedule };

export interface ExplorerOptions {
  readonly lab: Lab;
  readonly arbitrary: fc.Arbitrary<Schedule>;
  /** Seed of what is drawn. */
  readonly seed: number;
  /** Schedules that must count before the search is over; null: as many as the time allows. */
  readonly schedules: number | null;
  /** False once the time is up. Asked before each run of the search; a violation has its own budget. */
  hasTime(): boolean;
  /** False once the time for making a schedule smaller is up or, for measuring its rate, once the whole reduction's time is up. */
  mayReduce(what: 'shrink' | 'rate'): boolean;
  /** Fresh runs of a reduced schedule, which measure its failure rate. */
  readonly times: number;
  simpler(schedule: Schedule): readonly Schedule[];
  readonly signal: AbortSignal;
  onEvent(event: ExplorerEvent): void;
}

export interface Exploration {
  readonly ending: Ending;
  readonly found: readonly Finding[];
  /** Why the last run proved nothing, if that ended the search; otherwise null. */
  readonly reason: string | null;
}

/** Thrown inside fast-check to end its run. */
class Over extends Error {
  override readonly name = 'Over';
  readonly ending: Ending;
  constructor(ending: Ending) {
    super(ending);
    this.ending = ending;
  }
}

interface Violation {
  readonly property: string;
  readonly schedule: Schedule;
  readonly trial: Trial;
}

/** Searches until a violation, the end of the budget or an interruption. Rejects if the lab rejects. */
export async function explore(options: ExplorerOptions): Promise<Exploration> {
  const { seed, signal, onEvent } = options;
  let violation: Violation | null = null;
  let counted = 0;
  let discounted = 0;
  let reason: string | null = null;

  const one = async (schedule: Schedule): Promise<void> => {
    if (signal.aborted) throw new Over('interrupted');
    if (counted === options.schedules || !options.hasTime()) throw new Over('spent');
    const trial = await playUnlessAborted(schedule);
    onEvent({ kind: 'played', schedule, trial, purpose: 'search' });
    if (trial.discounted !== null) {
      discounted += 1;
      reason = trial.discounted;
      if (discounted === MAX_DISCOUNTED) throw new Over('unfit');
      return;
    }
    discounted = 0;
    counted += 1;
    const [property] = trial.broken;
    if (property === undefined) return;
    violation = { property, schedule, trial };
    throw new Over('found');
  };
  const playUnlessAborted = async (schedule: Schedule): Promise<Trial> => {
    try {
      return await options.lab.play(schedule);
    } catch (error) {
      throw signal.aborted ? new Over('interrupted') : error;
    }
  };

  // The first schedule has no faults: a server that breaks its promises unprovoked needs no search.
  const calm: Schedule = { seed, faults: [] };
  const report = await fc.check(fc.asyncProperty(options.arbitrary, one), {
    seed: seed | 0,
    numRuns: MAX_SCHEDULES,
    endOnFailure: true,
    examples: [[calm]],
  });
  const error = report.errorInstance;
  if (report.failed && !(error instanceof Over)) throw error;
  const ending = error instanceof Over ? error.ending : 'spent';
  const found = violation === null ? [] : [await reduced(violation, options)];
  return { ending: signal.aborted ? 'interrupted' : ending, found, reason: ending === 'unfit' ? reason : null };
}

async function reduced({ property, schedule, trial }: Violation, options: ExplorerOptions): Promise<Finding> {
  const { signal, onEvent } = options;
  onEvent({ kind: 'violation', property, schedule, evidence: trial.evidence });
  let smallest = schedule;
  const lab: Lab = {
    async play(candidate) {
      const played = await options.lab.play(candidate);
      onEvent({ kind: 'played', schedule: candidate, trial: played, purpose: 'reduce' });
      return played;
    },
  };
  try {
    const reduction = await reduce(schedule, property, trial, {
      lab,
      times: options.times,
      simpler: options.simpler,
      goOn: (what) => !signal.aborted && options.mayReduce(what),
      onSmaller: (smaller) => {
        smallest = smaller;
        onEvent({ kind: 'smaller', schedule: smaller });
      },
    });
    return { property, schedule, ...reduction };
  } catch (error) {
    if (!signal.aborted) throw error;
    // Interrupted in the middle of a run: what is known by now is kept.
    return { property, schedule, minimal: smallest, reproduction: reproduction(0, 0), evidence: trial.evidence, complete: false };
  }
}
