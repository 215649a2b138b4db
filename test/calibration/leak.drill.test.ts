/** The harness measures memory as arithmetic says it must: so many bytes a connection, and so many that each leaves behind. */
import { describe, expect, it } from 'vitest';
import { verdictSentence } from '../../reports/sentence.ts';
import { calibrate } from './calibrate.ts';

const LEAK_BYTES = 2_000_000;
const USERS = 100;

describe('the harness', () => {
  it('measures a leak of two million bytes for each connection within 1%, and calls it a leak', async () => {
    const result = await calibrate({
      server: { leakBytesPerConnection: LEAK_BYTES },
      users: USERS,
      load: { duration: '1s', rate: '50/s' },
      memory: { plateaus: 5, rounds: 6 },
    });
    const { memory } = result;
    expect(memory.rounds.map(({ cycled }) => cycled)).toEqual([0, 1, 2, 3, 4, 5].map((round) => round * USERS));
    const { leak, perConnection } = memory;
    expect(Math.abs((leak?.bytesPerConnection as number) / LEAK_BYTES - 1)).toBeLessThan(0.01);
    expect(leak?.leaking).toBe(true);
    // The scenario promises nothing about memory: the run passes, and its first sentence says what it found.
    expect([result.verdict, verdictSentence(result)]).toEqual([
      'pass',
      expect.stringMatching(/; memory leaks: each connection leaves (?:1\.9\d|2\.0\d) MB \(/),
    ]);
    // While they are there, too, a connection costs that much and the little that it needs.
    expect(Math.abs((perConnection?.bytes as number) / LEAK_BYTES - 1)).toBeLessThan(0.02);
  });

  it('measures a leak of 300 bytes for each message within 10%, calls it a leak, and does not charge connections for it', async () => {
    const { memory, delivery } = await calibrate({
      server: { leakBytesPerMessage: 300 },
      users: 400,
      load: { duration: '1s', rate: '50/s', connect: '4000/s' },
      memory: { rehearse: true, rounds: 6, messages: 10_000, rate: '4000/s' },
    });
    expect(memory.rounds.map(({ messages }) => messages)).toEqual([0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6].map((n) => n * 10_000));
    expect(delivery).toMatchObject({ acked: (memory.rounds.at(-1)?.messages as number) + 50, lost: 0, drained: true });
    const { leak, leakPerMessage } = memory;
    // The heap is read to the byte; the pages of a process come and go by themselves.
    expect(Math.abs((leakPerMessage?.heapBytes as number) / 300 - 1)).toBeLessThan(0.1);
    expect(Math.abs((leakPerMessage?.bytesPerMessage as number) / 300 - 1)).toBeLessThan(0.5);
    expect(leakPerMessage?.leaking).toBe(true);
    expect(leak?.leaking).toBe(false);
  });

  it('finds no leak in a server that gives everything back, and sees its memory return to where it was', async () => {
    const { memory } = await calibrate({
      server: {},
      users: 400,
      load: { duration: '1s', rate: '50/s', connect: '4000/s' },
      memory: { rehearse: true, rounds: 6 },
    });
    expect(memory.returnedToBaseline).toBe(true);
    expect(memory.leak?.leaking).toBe(false);
  });
});
