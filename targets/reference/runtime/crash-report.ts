import type { ExitReason } from './exit-reason.ts';
import type { Pid } from './pid.ts';

/** What is known of a process that ended in a way that was not orderly. */
export interface CrashReport {
  readonly pid: Pid;
  readonly name: string | null;
  readonly behaviour: string;
  readonly reason: ExitReason;
  /** Redacted: what `behaviour.redact` gave, or the type of each field. */
  readonly state: unknown;
  /** Redacted: the type of each field of the message it was handling. */
  readonly lastMessage: unknown;
  readonly messageQueueLength: number;
  /** Wall clock, milliseconds since 1970. */
  readonly atMs: number;
}
