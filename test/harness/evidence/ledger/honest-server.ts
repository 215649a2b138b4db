/** Generates histories of a server that keeps its word: in order, with reconnects, repeats, refusals, reads and receipts. */
import fc from 'fast-check';
import { DeliveryFlag, emptyHistory, type History, Outcome, type SendRow } from './history.ts';

const USERS = 5;

interface Step {
  readonly sender: number;
  readonly to: number;
  readonly outcome: 'acked' | 'failed' | 'unknown, arrives' | 'unknown, vanishes' | 'unsent';
  readonly reconnect: boolean;
  readonly latencyUs: number;
  readonly repeats: number;
  readonly read: boolean;
  readonly receipts: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  sender: fc.nat(USERS - 1),
  to: fc.integer({ min: 1, max: USERS - 1 }),
  outcome: fc.oneof(
    { weight: 8, arbitrary: fc.constant('acked' as const) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('failed' as const, 'unknown, arrives' as const, 'unknown, vanishes' as const, 'unsent' as const),
    },
  ),
  reconnect: fc.boolean(),
  latencyUs: fc.integer({ min: 1, max: 50_000 }),
  repeats: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) }),
  read: fc.boolean(),
  receipts: fc.boolean(),
});

function play(steps: readonly Step[]): History {
  const history = emptyHistory(USERS);
  const ids = new Array<number>(USERS).fill(0);
  const sessions = new Array<number>(USERS).fill(1);
  // A server delivers to one receiver in the order of its mailbox: never before what came earlier.
  const lastUs = new Array<number>(USERS).fill(0);
  const seqs = new Array<number>(USERS).fill(0);
  for (const [at, { sender, to, outcome, reconnect, latencyUs, repeats, read, receipts }] of steps.entries()) {
    const recipient = (sender + to) % USERS;
    if (reconnect) sessions[sender] = (sessions[sender] as number) + 1;
    const id = (ids[sender] as number) + 1;
    ids[sender] = id;
    const intendedUs = (at + 1) * 1000;
    const unsent = outcome === 'unsent';
    const send: SendRow = {
      sender,
      id,
      recipient,
      session: unsent ? 0 : (sessions[sender] as number),
      intendedUs,
      handledUs: intendedUs + 5,
      sentUs: unsent ? Number.NaN : intendedUs + 10,
      settledUs: outcome === 'acked' || outcome === 'failed' ? intendedUs + 500 : Number.NaN,
      outcome: unsent
        ? Outcome.unsent
        : outcome === 'acked'
          ? Outcome.acked
          : outcome === 'failed'
            ? Outcome.failed
            : Outcome.indeterminate,
      writes: unsent ? 0 : 1 + (outcome === 'failed' ? 0 : repeats),
    };
    history.sends.push(send);
    if (outcome !== 'acked' && outcome !== 'unknown, arrives') continue;
    const atUs = Math.max(lastUs[recipient] as number, intendedUs + latencyUs);
    lastUs[recipient] = atUs;
    const seq = (seqs[recipient] as number) + 1;
    seqs[recipient] = seq;
    const readUs = read ? atUs + 100 : Number.NaN;
    history.deliveries.push({ receiver: recipient, sender, id, seq, atUs, readUs, flags: 0 });
    for (let again = 0; again < repeats; again++) {
      history.deliveries.push({
        receiver: recipient,
        sender,
        id,
        seq,
        atUs: atUs + again,
        readUs: Number.NaN,
        flags: DeliveryFlag.ignored | DeliveryFlag.again,
      });
    }
    if (receipts) history.receipts.push({ sender, id, by: recipient, kind: 1, atUs: atUs + 50 });
    if (receipts && read) history.receipts.push({ sender, id, by: recipient, kind: 2, atUs: readUs });
  }
  return history;
}

/** Histories with at least one acknowledged message. */
export const honestHistory: fc.Arbitrary<History> = fc
  .array(step, { minLength: 1, maxLength: 60 })
  .map(play)
  .filter((history) => history.sends.some((send) => send.outcome === Outcome.acked));
