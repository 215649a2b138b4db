/** How memory will be read, from the scenario's `memory` section. Pure. */
import type { z } from 'zod';
import type { MemoryPlan } from './plan.ts';
import type { Reporter } from './reporter.ts';
import type { memorySchema } from './schema.ts';

/** The first round of each sort only warms up, and with fewer than four more the interval is empty. */
const MIN_ROUNDS_WITH_MESSAGES = 5;

/** Null, after reporting it, if there are too few rounds to measure what a message leaves behind. */
export function planMemory(section: z.output<typeof memorySchema>, reporter: Reporter): MemoryPlan | null {
  const { plateaus, settle, rehearse, rounds, messages, rate } = section;
  if (messages > 0 && rounds < MIN_ROUNDS_WITH_MESSAGES) {
    reporter.report(
      'impossible-load',
      ['memory', 'messages'],
      `needs memory.rounds of ${MIN_ROUNDS_WITH_MESSAGES} or more, but it is ${rounds}`,
      `memory: { rounds: ${MIN_ROUNDS_WITH_MESSAGES}, messages: ${messages} }`,
    );
    return null;
  }
  return { plateaus, settleMs: settle, rehearse, rounds, messagesPerRound: messages, roundRatePerSecond: rate };
}
