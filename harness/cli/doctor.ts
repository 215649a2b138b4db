/** `letitcrash doctor`: what this machine can do, what is missing, and how to get it. */
import { Command } from 'commander';
import { targets } from '../../targets/index.ts';
import { faultKinds } from '../faults/catalogue.ts';
import { requirement, requirementNames } from '../faults/requirements.ts';
import { type DoctorCheck, examineMachine } from '../measure/doctor.ts';
import { consoleOf } from './console.ts';
import { ExitCode } from './exit-codes.ts';

async function examineTargets(): Promise<DoctorCheck[]> {
  return Promise.all(
    targets.map(async (target): Promise<DoctorCheck> => {
      const state = await target.availability();
      const base = { name: `target ${target.name}`, why: target.summary };
      if (state.available) return { ...base, state: 'ok', found: 'can run here', remedy: null };
      return { ...base, state: 'absent', found: state.reason, remedy: state.remedy };
    }),
  );
}

/** What fault kinds require of this machine. */
async function examineFaults(): Promise<DoctorCheck[]> {
  return Promise.all(
    requirementNames.map(async (name): Promise<DoctorCheck> => {
      const kinds = [...faultKinds.values()].filter(({ requires }) => requires.includes(name)).map(({ kind }) => kind);
      const base = { name: `faults: ${name}`, why: `${requirement(name).what}; required by ${kinds.join(', ')}` };
      const state = await requirement(name).probe();
      if (state.met) return { ...base, state: 'ok', found: state.found, remedy: null };
      return { ...base, state: 'absent', found: state.reason, remedy: state.remedy };
    }),
  );
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what this machine can do, what is missing, and how to get it')
    .addHelpText('after', '\nExample:\n  letitcrash doctor --json | jq ".checks[] | select(.state != \\"ok\\")"')
    .action(async (_options: unknown, command: Command) => {
      const console = consoleOf(command);
      const checks = [...(await examineMachine()), ...(await examineFaults()), ...(await examineTargets())];
      const ok = checks.every((check) => check.state !== 'missing');
      const width = Math.max(...checks.map((check) => check.name.length));
      for (const { name, state, found, why, remedy } of checks) {
        console.print(`${state.padEnd(8)}${name.padEnd(width + 2)}${found}`);
        if (remedy !== null) console.print(`${' '.repeat(width + 10)}${why}\n${' '.repeat(width + 10)}${remedy}`);
      }
      console.document({ schema: 'letitcrash.doctor/1', ok, checks });
      if (!ok) process.exitCode = ExitCode.environment;
    });
}
