/**
 * What a command that breaks things does before it starts anything: it fetches what its servers will run on, and enters an arena if that is
 * possible or required. An arena has no network, so nothing can be fetched from inside.
 */

import type { Plan } from '../../plan/scenario/plan.ts';
import { type ArenaWish, enterArena } from '../../run/arena/enter.ts';
import { healRun } from '../../run/arena/heal.ts';
import { presentArena, wasLaunchedInArena } from '../../run/arena/inside.ts';
import { nodeRuntime } from '../../run/conductor/node-runtime.ts';
import { faultKinds } from '../../run/faults/catalogue.ts';
import { ExitCode } from '../library/exit-codes.ts';
import type { Console } from './console.ts';
import { attempted } from './interruption.ts';

export interface ArenaPlay {
  /** What will be played, with the servers that will be started. */
  readonly plans: readonly Plan[];
  /** The faults to come, by default those of the plans: if there are any, there is something to clean up after. */
  readonly kinds?: readonly string[];
  /** The flag; if undefined, the faults decide. */
  readonly asked: boolean | undefined;
  /** Listens to what is reported from inside. */
  readonly onNews?: (news: unknown) => void;
}

/** Plays in an arena or without one, and returns the exit code. */
export async function inArena(
  { plans, kinds = plans.flatMap(({ faults }) => faults.map(({ kind }) => kind)), asked, onNews }: ArenaPlay,
  console: Console,
  play: () => Promise<number>,
): Promise<number> {
  const needed = kinds.some((kind) => faultKinds.get(kind)?.requires.includes('arena') === true);
  if (needed && asked === false) {
    console.complain('a fault of this scenario needs an arena: leave out --no-arena');
    return ExitCode.usage;
  }
  const byDefault: ArenaWish = needed ? 'needed' : kinds.length > 0 ? 'if-possible' : 'no';
  if (presentArena() === null && !wasLaunchedInArena()) {
    // From inside an arena it cannot be seen whether an earlier run in this folder is alive.
    await healEarlier(console);
    const fetched = await attempted(console, { interrupted: 'interrupted; nothing had been started' }, async (signal) => {
      for (const { target } of plans) await nodeRuntime(target, signal, console.say);
      return null;
    });
    if (fetched !== null) return fetched;
  }
  const entry = await enterArena(asked === undefined ? byDefault : asked ? 'needed' : 'no', onNews);
  switch (entry.kind) {
    case 'over':
      return entry.exitCode;
    case 'impossible':
      console.complain(`an arena cannot be made: ${entry.reason}`);
      return ExitCode.environment;
    case 'outside':
      if (entry.reason !== null) console.complain(`without an arena: ${entry.reason}`);
  }
  return play();
}

async function healEarlier({ options: { out }, complain }: Console): Promise<void> {
  const healed = out === undefined ? null : await healRun(out);
  if (healed?.state === 'healed') complain(`${out}: an earlier run was killed; what it left behind has been undone`);
}
