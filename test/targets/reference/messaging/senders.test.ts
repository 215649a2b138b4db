/** How many senders a mailbox remembers, and which it forgets first. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeEntry, encodeEntry } from '../../../../targets/reference/messaging/entry.ts';
import { Senders } from '../../../../targets/reference/messaging/senders.ts';

const MAX = 4;
const PAYLOAD = Buffer.alloc(0);
const SESSION = 1;

type Step =
  | { readonly do: 'accept' | 'refuse'; readonly sender: number }
  /** Every device has everything up to `share` of what there is. */
  | { readonly do: 'floor'; readonly share: number };

const sender = fc.nat({ max: 11 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('accept' as const), sender }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('refuse' as const), sender }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('floor' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }) },
);

/** What is known of a sender, found by looking at all of them. */
interface Known {
  readonly name: string;
  seq: number;
}

/** The one to forget, if any: the oldest of several of whom nothing was accepted, else the longest silent whose entry all devices have. */
function oldestOf(known: readonly Known[], floor: number): Known | null {
  if (known.length <= MAX) return null;
  const refused = known.filter(({ seq }) => seq === 0);
  if (refused.length > 1) return refused[0] as Known;
  const [silent] = known.filter(({ seq }) => seq > 0).toSorted((a, b) => a.seq - b.seq);
  return silent === undefined || silent.seq > floor ? null : silent;
}

test('whoever writes and is refused, in whatever order, the right sender is forgotten, and is then unknown', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const senders = new Senders(MAX, 8);
      const known: Known[] = [];
      let [seq, floor, id] = [0, 0, 0];
      for (const one of steps) {
        if (one.do === 'floor') {
          floor = Math.max(floor, Math.floor(seq * one.share));
          continue;
        }
        const name = `s${one.sender}/d0`;
        let mine = known.find((other) => other.name === name);
        if (mine === undefined) {
          mine = { name, seq: 0 };
          known.push(mine);
        }
        id++;
        if (one.do === 'refuse') senders.refuse(name, SESSION, id);
        else {
          mine.seq = ++seq;
          senders.accept(
            decodeEntry(
              seq,
              encodeEntry({ id, sender: name, from: name, session: SESSION, receipts: false, payload: PAYLOAD }, seq, 0, [])
                .value,
            ),
          );
        }
        const forgotten = oldestOf(known, floor);
        expect(senders.forgetOldest(floor)).toBe(forgotten === null ? null : forgotten.seq);
        if (forgotten !== null) known.splice(known.indexOf(forgotten), 1);
        expect(senders.size).toBe(known.length);
        for (let other = 0; other <= 11; other++) {
          const expected = known.find((candidate) => candidate.name === `s${other}/d0`);
          expect(senders.seqOf(`s${other}/d0`)).toBe(expected?.seq ?? 0);
        }
      }
    }),
  );
});

test('senders that are only refused take no more room than those that are accepted', () => {
  const senders = new Senders(MAX, 8);
  for (let index = 0; index < 100; index++) {
    senders.refuse(`s${index}/d0`, SESSION, 1);
    senders.forgetOldest(0);
    expect(senders.size).toBeLessThanOrEqual(MAX);
  }
  // The last one is refused for good all the same.
  expect(senders.judge({ sender: 's99/d0', session: SESSION, id: 1, carried: [], standing: 'new' })).not.toBe('repeat');
});
