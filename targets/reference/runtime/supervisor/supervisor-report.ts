import type { ExitReason } from '../exit-reason.ts';
import type { Pid } from '../pid.ts';

/** What a supervisor has to say, in the words of OTP's supervisor reports. */
export interface SupervisorReport {
  readonly supervisor: Pid;
  readonly context: 'start_error' | 'child_terminated' | 'shutdown_error' | 'shutdown';
  readonly reason: ExitReason;
  readonly child: { readonly id: string; readonly pid: Pid | null };
}
