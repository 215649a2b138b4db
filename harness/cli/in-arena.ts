/** What a command that breaks things does before it starts anything: it goes into an arena, where that is possible or must be. */
import { type ArenaWish, enterArena } from '../arena/enter.ts';
import { healRun } from '../arena/heal.ts';
import { presentArena, wasLaunchedInArena } from '../arena/inside.ts';
import { faultKinds } from '../faults/catalogue.ts';
import type { Console } from './console.ts';
import { ExitCode } from './exit-codes.ts';

/**
 * Plays in an arena or without one, and gives the exit code. `asked` is the flag: undefined leaves it to whether there is anything
 * to clean up after, which is when `kinds`, the faults to come, are any. `onNews` hears what is told from inside.
 */
export async function inArena(
  kinds: readonly string[],
  asked: boolean | undefined,
  console: Console,
  play: () => Promise<number>,
  onNews?: (news: unknown) => void,
): Promise<number> {
  const needed = kinds.some((kind) => faultKinds.get(kind)?.requires.includes('arena') === true);
  if (needed && asked === false) {
    console.complain('a fault of this scenario needs the arena: leave --no-arena out');
    return ExitCode.usage;
  }
  const byDefault: ArenaWish = needed ? 'needed' : kinds.length > 0 ? 'if-possible' : 'no';
  const { out } = console.options;
  // From inside an arena nobody can tell whether an earlier run in this folder is alive.
  if (out !== null && presentArena() === null && !wasLaunchedInArena()) {
    const healed = await healRun(out);
    if (healed?.state === 'healed') console.complain(`${out}: an earlier run was killed; what it left behind is undone`);
  }
  const entry = await enterArena(asked === undefined ? byDefault : asked ? 'needed' : 'no', onNews);
  switch (entry.kind) {
    case 'over':
      return entry.exitCode;
    case 'impossible':
      console.complain(`there can be no arena: ${entry.reason}`);
      return ExitCode.environment;
    case 'outside':
      if (entry.reason !== null) console.complain(`without an arena: ${entry.reason}`);
  }
  return play();
}
