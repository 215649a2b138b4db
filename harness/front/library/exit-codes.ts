import type { Verdict } from '../../evidence/result/result.ts';
import type { GateOutcome } from '../../studies/gate/gate-outcome.ts';

/** What letitcrash tells its caller. This is part of the contract: add codes, but never renumber them. */
export const ExitCode = {
  /** Everything held. */
  pass: 0,
  /** A delivery property was broken, an expectation missed, a run aborted by its own condition, or a regression found. */
  fail: 1,
  /** The command line or the scenario is wrong, or names servers that are not its own; nothing was loaded or broken. */
  usage: 2,
  /** The machine or a tool cannot do it: a target is not installed, a file cannot be written, or letitcrash has a defect. */
  environment: 3,
  /** With --strict: not enough evidence either way. */
  inconclusive: 4,
  /** The run measured the generator, or a fault could not be verified, or nothing was proven. */
  invalid: 5,
  /** Stopped by a signal: 128 + SIGINT. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export const VERDICT_CODES: Readonly<Record<Verdict, ExitCode>> = {
  pass: ExitCode.pass,
  fail: ExitCode.fail,
  invalid: ExitCode.invalid,
  unknown: ExitCode.invalid,
};

/** Of what was compared: what is open passes, unless `strict`. */
export function codeOf(outcome: GateOutcome, strict: boolean): ExitCode {
  return outcome === 'inconclusive' && !strict ? ExitCode.pass : ExitCode[outcome];
}
