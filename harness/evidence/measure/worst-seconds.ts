/**
 * The seconds of the load in which users waited longest, and their slowest messages by name: where to begin to look for a cause. Pure.
 *
 * A second is judged by the p99 of the messages that were meant to be sent in it. A message that nobody answered counts as an endless wait;
 * a refused message is not a wait, nor is one whose sender left while it waited.
 */

import { userText } from '../ledger/evidence.ts';
import { type Observations, Outcome } from '../ledger/observations.ts';
import { servingNode } from '../ledger/served-by.ts';
import type { SlowMessage, WorstSecond } from '../result/result.ts';
import { isAnswered, isUnanswered } from './waits.ts';

const SECONDS = 5;
const MESSAGES = 5;
const SECOND_US = 1_000_000;

/** The worst first, at most five, each with its five slowest messages; the lines of the server's logs are added elsewhere. */
export function worstSeconds(observations: Observations, loadMs: number): WorstSecond[] {
  const { attempts } = observations;
  const rows = new Map<number, number[]>();
  for (let row = 0; row < attempts.count; row++) {
    const intendedUs = attempts.intendedUs[row] as number;
    if (!(intendedUs >= 0 && intendedUs < loadMs * 1000) || !(isAnswered(attempts, row) || isUnanswered(attempts, row))) continue;
    const second = Math.floor(intendedUs / SECOND_US);
    const list = rows.get(second);
    if (list === undefined) rows.set(second, [row]);
    else list.push(row);
  }
  const judged = [...rows].map(([second, own]) => {
    const slowest = own.toSorted((a, b) => waitUs(observations, b) - waitUs(observations, a) || a - b);
    return { second, slowest, p99Us: waitUs(observations, slowest[Math.floor((own.length - 1) * 0.01)] as number) };
  });
  const worst = judged
    .toSorted((a, b) => (a.p99Us === b.p99Us ? a.second - b.second : b.p99Us > a.p99Us ? 1 : -1))
    .slice(0, SECONDS)
    .map(({ second, slowest, p99Us }) => ({ second, p99Us, messages: slowest.length, shown: slowest.slice(0, MESSAGES) }));
  const arrived = firstDeliveries(observations, new Set(worst.flatMap(({ shown }) => shown)));
  return worst.map(({ second, p99Us, messages, shown }) => ({
    fromMs: second * 1000,
    toMs: Math.min((second + 1) * 1000, loadMs),
    messages,
    p99Us: finite(p99Us),
    slowest: shown.map((row) => slowMessage(observations, row, arrived.get(row) ?? null)),
    log: [],
    moreLog: 0,
  }));
}

/** From the intended send; infinite if nobody answered. */
function waitUs({ attempts }: Observations, row: number): number {
  if (attempts.outcome[row] !== Outcome.acked) return Number.POSITIVE_INFINITY;
  return (attempts.settledUs[row] as number) - (attempts.intendedUs[row] as number);
}

function slowMessage(observations: Observations, row: number, delivery: number | null): SlowMessage {
  const { attempts, deliveries } = observations;
  const ms = (us: number | undefined): number | null => (us === undefined || Number.isNaN(us) ? null : us / 1000);
  return {
    id: attempts.id[row] as number,
    sender: userText(attempts.sender[row] as number),
    recipient: userText(attempts.recipient[row] as number),
    session: attempts.session[row] as number,
    node: servingNode(observations, row),
    seq: delivery === null ? null : (deliveries.seq[delivery] as number),
    intendedMs: (attempts.intendedUs[row] as number) / 1000,
    sentMs: ms(attempts.sentUs[row]),
    answeredMs: attempts.outcome[row] === Outcome.acked ? ms(attempts.settledUs[row]) : null,
    arrivedMs: delivery === null ? null : (deliveries.atUs[delivery] as number) / 1000,
    responseUs: finite(waitUs(observations, row)),
  };
}

/** For a few messages: the row of the first delivery. */
function firstDeliveries({ attempts, deliveries }: Observations, rows: ReadonlySet<number>): ReadonlyMap<number, number> {
  const key = (sender: number, id: number): string => `${sender} ${id}`;
  const wanted = new Map([...rows].map((row) => [key(attempts.sender[row] as number, attempts.id[row] as number), row]));
  const found = new Map<number, number>();
  const senders = new Set([...rows].map((row) => attempts.sender[row] as number));
  for (let delivery = 0; delivery < deliveries.count; delivery++) {
    const sender = deliveries.sender[delivery] as number;
    if (!senders.has(sender)) continue;
    const row = wanted.get(key(sender, deliveries.id[delivery] as number));
    if (row === undefined) continue;
    const before = found.get(row);
    if (before === undefined || (deliveries.atUs[delivery] as number) < (deliveries.atUs[before] as number))
      found.set(row, delivery);
  }
  return found;
}

function finite(us: number): number | null {
  return Number.isFinite(us) ? us : null;
}
