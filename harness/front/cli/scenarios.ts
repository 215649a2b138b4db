/** `letitcrash scenarios`: the bundled ones, with what each shows and whether it can run here. */
import { Command } from 'commander';
import { findTarget } from '../../../targets/index.ts';
import { bundledNames, loadScenario } from '../../plan/scenario/load-scenario.ts';
import { planScenario } from '../../plan/scenario/plan-scenario.ts';
import { describeProblem } from '../../plan/scenario/problem.ts';
import { catalogue } from '../../run/conductor/catalogue.ts';
import { faultKinds } from '../../run/faults/catalogue.ts';
import { absentRequirements, absentText } from '../../run/faults/requirements.ts';
import { consoleOf } from './console.ts';

interface Row {
  readonly name: string;
  readonly summary: string;
  readonly available: boolean;
  /** Why it cannot run, and what would help; null if it can run. */
  readonly reason: string | null;
}

async function describe(name: string): Promise<Row> {
  const loaded = await loadScenario(name);
  if (!loaded.ok) return { name, summary: '', available: false, reason: loaded.problems.map(describeProblem).join('\n') };
  const planned = planScenario(loaded.source, { catalogue, overrides: [], seed: 0 });
  const { summary } = loaded.source;
  if (!planned.ok) return { name, summary, available: false, reason: planned.problems.map(describeProblem).join('\n') };
  const state = await findTarget(planned.plan.target.use)?.availability();
  const absent = await absentRequirements(planned.plan.faults.flatMap(({ kind }) => faultKinds.get(kind) ?? []));
  const reasons = [...(state?.available === false ? [`${state.reason}\n  ${state.remedy}`] : []), ...absent.map(absentText)];
  const reason = reasons.length === 0 ? null : reasons.join('\n');
  return { name, summary, available: reason === null, reason };
}

export function scenariosCommand(): Command {
  return new Command('scenarios')
    .description('list the bundled scenarios: what each shows, and whether it can run here')
    .addHelpText('after', '\nExample:\n  letitcrash scenarios --json | jq -r ".scenarios[].name"')
    .action(async (_options: unknown, command: Command) => {
      const console = consoleOf(command);
      const rows = await Promise.all((await bundledNames()).map(describe));
      for (const { name, summary, reason } of rows) {
        console.print(`${name}${reason === null ? '' : ' (cannot run here)'}\n  ${summary}`);
        if (reason !== null) console.print(`  ${reason.replaceAll('\n', '\n  ')}`);
      }
      console.document({ schema: 'letitcrash.scenarios/1', scenarios: rows });
    });
}
