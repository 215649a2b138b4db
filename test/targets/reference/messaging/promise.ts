/** What devices were promised, held against what they got, once everything is healed and has come to rest. */
import { expect } from 'vitest';
import type { HonestClient } from './honest-client.ts';

/** Devices d0 were there from the start; one that came later begins where the others of its user have got to. */
export function checkPromise(clients: readonly HonestClient[]): void {
  for (const receiver of clients) {
    const whose = `${receiver.user}/${receiver.device}`;
    expect(receiver.damaged, `payloads that ${whose} did not get as they were sent`).toEqual([]);
    for (const sender of clients) {
      const seen = receiver.seen.filter(({ from }) => from === sender.user);
      expect(misplaced(seen.map(({ id }) => id)), `ids from ${sender.user} to ${whose} out of order`).toEqual([]);
      const counts = seen.map(({ count }) => count);
      // Who renumbers what was refused sends it after what was accepted meanwhile.
      const inOrder = sender.recovery === 'by-refusal' ? counts.toSorted((a, b) => a - b) : counts;
      expect(misplaced(inOrder), `messages from ${sender.user} to ${whose} out of order, or twice`).toEqual([]);
    }
  }
  for (const sender of clients) {
    expect(sender.unsettled, `unsettled sends of ${sender.user}`).toBe(0);
    for (const receiver of clients) {
      const seen = new Set(receiver.seen.filter(({ from }) => from === sender.user).map(({ count }) => count));
      const isLate = (count: number): boolean =>
        receiver.device !== 'd0' && (sender.attempted[count - 1]?.tick ?? 0) < receiver.welcomedTick;
      const which = `from ${sender.user} to ${receiver.user}/${receiver.device}`;
      const missing = countsTo(receiver.user, sender.acked).filter((count) => !seen.has(count) && !isLate(count));
      expect(missing, `acknowledged ${which} and not delivered`).toEqual([]);
      const wrong = countsTo(receiver.user, sender.refused).filter((count) => seen.has(count));
      expect(wrong, `refused ${which} and delivered`).toEqual([]);
    }
  }
}

function countsTo(user: string, answered: ReadonlySet<string>): number[] {
  return [...answered].filter((key) => key.startsWith(`${user}:`)).map((key) => Number(key.split(':')[1]));
}

/** Those not above the one before them. */
function misplaced(numbers: readonly number[]): number[] {
  return numbers.filter((one, index) => index > 0 && one <= (numbers[index - 1] as number));
}
