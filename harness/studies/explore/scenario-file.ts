/** A finding as a scenario file, which `letitcrash run` and `letitcrash replay` can play again. Pure. */
import { stringify } from 'yaml';
import { reproductionText } from '../../evidence/result/exploration.ts';
import { plural } from '../../evidence/result/format.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { scenarioOfPlan } from '../../plan/scenario/scenario-of-plan.ts';
import type { Finding } from './explorer.ts';

/** The name for the finding with this number, beside exploration.json. */
/** Whether a file has such a name. */
export function isScenarioFileName(name: string): boolean {
  return /^found-\d+\.yaml$/.test(name);
}

export function scenarioFileName(index: number): string {
  return `found-${index + 1}.yaml`;
}

/** `plan` is that of the exploration: load, users and target. `path` is how to name the file on the command line. */
export function scenarioFile({ property, minimal, reproduction, evidence }: Finding, plan: Plan, path: string): string {
  const { durability, nodes, use } = plan.target;
  const where = `${use}, ${plural(nodes, 'node')}, durability ${durability}`;
  const steps = minimal.faults.length;
  const lines = [
    `Found by exploration on ${where}: with ${steps === 0 ? 'no fault at all' : plural(steps, 'fault')},`,
    `\`${property}\` is broken: ${reproductionText(reproduction)}.`,
    `Again: letitcrash replay ${path} --times 20`,
    ...evidence.slice(0, 1).map((offence) => `For example ${offence.replaceAll(/\s+/g, ' ')}`),
  ];
  const data = scenarioOfPlan({ ...plan, seed: minimal.seed, faults: minimal.faults });
  return `${lines.map((line) => `# ${line}\n`).join('')}${stringify(data, { flowCollectionPadding: true, lineWidth: 130 })}`;
}
