/** `letitcrash doctor`: what this machine can do, what is missing, and how to get it. */
import { Command } from 'commander';
import { targets } from '../../../targets/index.ts';
import { type DoctorCheck, examineMachine } from '../../evidence/measure/doctor.ts';
import { faultKinds } from '../../run/faults/catalogue.ts';
import { requirement, requirementNames } from '../../run/faults/requirements.ts';
import { ExitCode } from '../library/exit-codes.ts';
import { LEAST_BLOCKS, MAX_BLOCKS, NOISE_BLOCKS } from '../library/noise.ts';
import { consoleOf } from './console.ts';
import { doctorNoise, parseMargin } from './doctor-noise.ts';
import { wholeNumber } from './option-values.ts';

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

interface Options {
  readonly noise?: boolean;
  readonly margin?: number;
  readonly scenario: string;
  readonly blocks: number;
}

const DEFAULT_SCENARIO = 'compare';

const EXAMPLES = `
Examples:
  letitcrash doctor --json | jq '.checks[] | select(.state != "ok")'
  letitcrash doctor --noise --margin 5%       takes two or three minutes, on an idle machine`;

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('show what this machine can do, what is missing, and how to get it')
    .option(
      '--noise',
      'play a server against itself for a few minutes, to estimate how many blocks and minutes a comparison needs here',
    )
    .option(
      '--margin <share>',
      "with --noise: the tolerated worsening, for all metrics (default: each metric's own)",
      parseMargin,
    )
    .option('--blocks <n>', 'with --noise: number of blocks of four runs', wholeNumber(LEAST_BLOCKS, MAX_BLOCKS), NOISE_BLOCKS)
    .option('--scenario <name>', 'with --noise: the scenario that is played', DEFAULT_SCENARIO)
    .addHelpText('after', EXAMPLES)
    .action(async ({ noise, margin, scenario, blocks }: Options, command: Command) => {
      const console = consoleOf(command);
      if (noise === true) {
        process.exitCode = await doctorNoise({ scenario, margin: margin ?? null, blocks }, console);
        return;
      }
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
