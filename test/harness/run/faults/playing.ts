/** Plays fault steps on a deployment, as a run does, and keeps what happened. */

import type { FaultPlan } from '../../../../harness/plan/scenario/plan.ts';
import type { JournalEntry } from '../../../../harness/run/arena/journal-file.ts';
import type { FaultContext } from '../../../../harness/run/faults/fault.ts';
import { type FaultEvent, type FaultRecord, playSchedule } from '../../../../harness/run/faults/interpreter.ts';
import type { Deployment } from '../../../../targets/target.ts';
import { faultContext, randomOf } from './fault-context.ts';

export const USERS = 100;

/** A step; `forMs` null says that the scenario did not say `for`. */
export function step(
  kind: string,
  settings: Record<string, unknown> = {},
  times: { readonly atMs?: number; readonly forMs?: number | null } = {},
): FaultPlan {
  const { atMs = 0, forMs = null } = times;
  return { id: `${kind}-${atMs}`, atMs, kind, forMs, settings };
}

export interface Played {
  readonly records: readonly FaultRecord[];
  readonly events: readonly FaultEvent[];
  /** What users were told of nodes: `+n4`, `-n1`. */
  readonly entries: readonly string[];
  /** What was written into the journal, and whether it was crossed out again. */
  readonly journal: readonly { readonly entry: JournalEntry; done: boolean }[];
}

/** Plays the steps to their end. Each has a random stream of its own, the same at every call. */
export async function play(
  deployment: Deployment,
  faults: readonly FaultPlan[],
  options: { readonly signal?: AbortSignal; readonly onEvent?: (event: FaultEvent) => void } = {},
): Promise<Played> {
  const { signal = new AbortController().signal, onEvent } = options;
  const entries: string[] = [];
  const journal: { readonly entry: JournalEntry; done: boolean }[] = [];
  const events: FaultEvent[] = [];
  const contextOf = (plan: FaultPlan): FaultContext =>
    faultContext(deployment, {
      users: USERS,
      random: randomOf(plan),
      signal,
      journal: {
        record(entry) {
          const line = { entry, done: false };
          journal.push(line);
          return () => {
            line.done = true;
          };
        },
      },
      entryNodes: {
        add: async ({ name }) => void entries.push(`+${name}`),
        remove: async ({ name }) => void entries.push(`-${name}`),
      },
    });
  const schedule = playSchedule({
    faults,
    startsInMs: 0,
    contextOf,
    signal,
    onEvent: (event) => {
      events.push(event);
      onEvent?.(event);
    },
  });
  await schedule.done;
  return { records: schedule.records, events, entries, journal };
}

/** Plays a step, then others once it has struck and until they are over, and has the first undone after that, whatever its time. */
export async function playDuring(
  deployment: Deployment,
  first: FaultPlan,
  others: readonly FaultPlan[],
): Promise<Played['records']> {
  const over = new AbortController();
  let during: Promise<Played> | null = null;
  const { records } = await play(deployment, [{ ...first, forMs: 600_000 }], {
    signal: over.signal,
    onEvent: () => {
      during ??= play(deployment, others).finally(() => over.abort());
    },
  });
  return [...records, ...((await (during as Promise<Played> | null))?.records ?? [])];
}

/** The one record of a single step. */
export async function playOne(deployment: Deployment, fault: FaultPlan): Promise<FaultRecord> {
  const { records } = await play(deployment, [fault]);
  return records[0] as FaultRecord;
}
