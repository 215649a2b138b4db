/** What is wrong with what a command line asks to be played, when something else in that line is wrong already. Starts nothing. */
import type { Command } from 'commander';
import { prepareSearch } from '../library/explore.ts';
import { plan } from '../library/plan.ts';
import { recordedPlan } from '../library/replay.ts';
import { ScenarioError } from '../library/scenario-error.ts';
import { preparedBy } from './compare.ts';
import { consoleOf } from './console.ts';
import { searchOf } from './explore.ts';

type Check = (command: Command) => Promise<unknown>;

const ofScenario =
  (planned: typeof recordedPlan): Check =>
  async (command) => {
    const given = command.args.at(-1);
    // An empty one has already been refused as an argument.
    if (given !== undefined && given.trim() !== '') await planned(given, consoleOf(command).options);
  };

const CHECKS: Readonly<Record<string, Check>> = {
  run: ofScenario(plan),
  profile: ofScenario(plan),
  export: ofScenario(plan),
  replay: ofScenario(recordedPlan),
  explore: (command) => prepareSearch(searchOf(command)),
  compare: preparedBy,
};

/** Each in words; none of a command that plays nothing. */
export async function scenarioMistakes(command: Command): Promise<readonly string[]> {
  const check = Object.hasOwn(CHECKS, command.name()) ? CHECKS[command.name()] : undefined;
  try {
    await check?.(command);
    return [];
  } catch (error) {
    if (error instanceof ScenarioError) return error.texts;
    throw error;
  }
}
