import type { Policy } from '../gate/policy.ts';
import type { Console } from './console.ts';
import { ExitCode } from './exit-codes.ts';
import type { GateOptions } from './gate.ts';

export async function gateComparison(_options: GateOptions, _policy: Policy, _console: Console): Promise<ExitCode> {
  return ExitCode.environment;
}
