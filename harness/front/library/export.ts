/** A scenario as a script for another load generator. */
import { writeWhole } from '../../run/folder/run-folder.ts';
import { type PlanOptions, plan, type ScenarioGiven } from './plan.ts';

export interface ExportOptions extends PlanOptions {
  /** A file to which the script is written as well. */
  readonly outFile?: string | undefined;
}

export interface ExportOutcome {
  /** The script, without any secret: TypeScript (JavaScript from a published package). */
  readonly text: string;
  /** The parts of the scenario that k6 does not play or judge, one on each line; the script says so too. */
  readonly leftOut: readonly string[];
}

/** Writes a scenario as a k6 script. @throws ScenarioError for mistakes in the scenario. */
export async function exportK6(scenario: ScenarioGiven, options: ExportOptions = {}): Promise<ExportOutcome> {
  const planned = await plan(scenario, options);
  const { k6Script } = await import('../../run/drivers/k6/k6-script.ts');
  const { text, leftOut } = await k6Script(planned);
  if (options.outFile !== undefined) await writeWhole(options.outFile, text);
  return { text, leftOut };
}
