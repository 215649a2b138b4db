/** What is wrong with the scenario that a command line names, if something else in that line is wrong already. Starts nothing. */
import type { Command } from 'commander';
import { loadScenario } from '../../plan/scenario/load-scenario.ts';
import type { Problem } from '../../plan/scenario/problem.ts';
import type { SourceOutcome } from '../../plan/scenario/source.ts';
import { planLoaded } from '../../run/conductor/plan-given.ts';
import { loadRecorded } from '../../studies/explore/recorded-schedule.ts';
import { consoleOf } from './console.ts';

const LOADERS: Readonly<Record<string, (given: string) => Promise<SourceOutcome>>> = {
  run: loadScenario,
  profile: loadScenario,
  export: loadScenario,
  replay: loadRecorded,
};

/** A command that takes no scenario has none. */
export async function scenarioMistakes(command: Command): Promise<readonly Problem[]> {
  const load = Object.hasOwn(LOADERS, command.name()) ? LOADERS[command.name()] : undefined;
  const given = command.args.at(-1);
  // An empty one has already been refused as an argument.
  if (load === undefined || given === undefined || given.trim() === '') return [];
  const planned = await planLoaded(await load(given), consoleOf(command).options);
  return planned.ok ? [] : planned.problems;
}
