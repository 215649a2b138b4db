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
  readonly mailboxLength: number;
  /** Wall clock, milliseconds since 1970. */
  readonly atMs: number;
}

/** The latest crash reports, and whoever wants to hear of new ones. */
export class CrashLog {
  readonly #limit: number;
  #reports: CrashReport[] = [];
  #listeners = new Set<(report: CrashReport) => void>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(report: CrashReport): void {
    this.#reports.push(report);
    if (this.#reports.length > this.#limit) this.#reports.shift();
    for (const listener of this.#listeners) listener(report);
  }

  /** Oldest first. */
  reports(): readonly CrashReport[] {
    return this.#reports;
  }

  /** Returns a function that ends the subscription. */
  listen(listener: (report: CrashReport) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** A value with its contents taken out: scalars become the name of their type, objects keep their keys (two levels deep). */
export function redact(value: unknown, depth = 2): unknown {
  if (value === null || value === undefined || typeof value === 'boolean') return value;
  if (typeof value !== 'object') return typeof value;
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (Array.isArray(value)) return `array of ${value.length}`;
  if (value instanceof Map || value instanceof Set) return `${value.constructor.name} of ${value.size}`;
  if (depth === 0) return 'object';
  const shown: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) shown[key] = key === 'type' ? field : redact(field, depth - 1);
  return shown;
}
