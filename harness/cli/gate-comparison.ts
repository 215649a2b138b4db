/** `letitcrash gate --baseline ...`: builds both sides, has them compared, and writes what CI reads. */
import type { Policy } from '../gate/policy.ts';
import { refuse } from './ci-output.ts';
import type { Console } from './console.ts';
import { ExitCode } from './exit-codes.ts';
import type { GateOptions } from './gate.ts';

export async function gateComparison(options: GateOptions, _policy: Policy, console: Console): Promise<ExitCode> {
  await refuse(
    console,
    `--baseline ${options.baseline}: this version compares nothing yet\n  hold a finished run to limits: --run <dir>`,
  );
  return ExitCode.environment;
}
