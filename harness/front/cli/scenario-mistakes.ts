/** What is wrong with what a command line asks to be played, when something else in that line is wrong already. Starts nothing. */
import type { Command } from 'commander';
import { checkDiff } from '../library/diff.ts';
import { prepareSearch } from '../library/explore.ts';
import { checkGate } from '../library/gate-checks.ts';
import { plan } from '../library/plan.ts';
import { recordedPlan } from '../library/replay.ts';
import { ScenarioError } from '../library/scenario-error.ts';
import { checkedComparison } from './compare.ts';
import { consoleOf } from './console.ts';
import { searchOf } from './explore.ts';
import { wishesOf } from './gate.ts';

type Check = (command: Command) => Promise<unknown>;

const ofScenario =
  (planned: typeof recordedPlan): Check =>
  async (command) => {
    const given = command.args.at(-1);
    if (given !== undefined && !isBlank(given)) await planned(given, consoleOf(command).options);
  };

/** It has already been refused as an argument. */
function isBlank(given: string | undefined): boolean {
  return given?.trim() === '';
}

const ofGate: Check = async (command) => {
  const wishes = wishesOf(command);
  if (![wishes.run, wishes.baseline, wishes.candidate].some(isBlank)) await checkGate(wishes);
};

const ofDiff: Check = async (command) => {
  if (!command.args.some(isBlank)) await checkDiff(command.args, consoleOf(command).options.out);
};

const CHECKS: Readonly<Record<string, Check>> = {
  run: ofScenario(plan),
  profile: ofScenario(plan),
  export: ofScenario(plan),
  replay: ofScenario(recordedPlan),
  explore: (command) => prepareSearch(searchOf(command)),
  compare: checkedComparison,
  gate: ofGate,
  diff: ofDiff,
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
