import { describe, expect, it } from 'vitest';
import { worstSeconds } from '../../../../harness/evidence/measure/worst-seconds.ts';
import { emptyHistory, exchange, Outcome, observe } from '../ledger/history.ts';

/** A second of messages, ten a second, all answered after so many milliseconds. */
function second(history: ReturnType<typeof emptyHistory>, at: number, latencyMs: number): void {
  for (let index = 0; index < 10; index += 1) exchange(history, 0, 1, at * 1e6 + index * 100_000, latencyMs * 1000);
}

describe('the worst seconds', () => {
  it('are the seconds with the highest p99 of the messages meant for them, the worst first, with the slowest messages named', () => {
    const history = emptyHistory(2);
    for (let at = 0; at < 8; at += 1) second(history, at, at === 3 ? 900 : at === 5 ? 400 : at + 1);
    const worst = worstSeconds(observe(history), 8000);
    expect(worst.map(({ fromMs, toMs, p99Us, messages }) => ({ fromMs, toMs, p99Us, messages }))).toEqual([
      { fromMs: 3000, toMs: 4000, p99Us: 900_000, messages: 10 },
      { fromMs: 5000, toMs: 6000, p99Us: 400_000, messages: 10 },
      { fromMs: 7000, toMs: 8000, p99Us: 8000, messages: 10 },
      { fromMs: 6000, toMs: 7000, p99Us: 7000, messages: 10 },
      { fromMs: 4000, toMs: 5000, p99Us: 5000, messages: 10 },
    ]);
    expect(worst[0]?.slowest).toHaveLength(5);
    expect(worst[0]?.slowest[0]).toMatchObject({
      sender: 'u0',
      recipient: 'u1',
      intendedMs: 3000,
      answeredMs: 3900,
      responseUs: 900_000,
    });
    expect(worst[0]?.slowest[0]?.seq).toBeGreaterThan(0);
    expect(worst[0]?.slowest[0]?.arrivedMs).toBeGreaterThan(3000);
  });

  it('puts a message that nobody answered before all others, and leaves out messages that were refused or never written', () => {
    const history = emptyHistory(2);
    second(history, 0, 5000);
    second(history, 1, 1);
    const [lost] = history.sends.slice(-1);
    if (lost === undefined) throw new Error('nothing was sent');
    Object.assign(lost, { outcome: Outcome.indeterminate });
    second(history, 2, 2);
    for (const send of history.sends.slice(-10)) Object.assign(send, { outcome: Outcome.failed });
    const worst = worstSeconds(observe(history), 3000);
    expect(worst.map(({ fromMs }) => fromMs)).toEqual([1000, 0]);
    expect(worst[0]).toMatchObject({ p99Us: null, messages: 10 });
    expect(worst[0]?.slowest[0]).toMatchObject({ responseUs: null, answeredMs: null });
    expect(worst[0]?.slowest[1]?.responseUs).toBe(1000);
  });

  it('are counted from the moment at which a message was meant to be sent, however late it was written', () => {
    const history = emptyHistory(2);
    second(history, 0, 5);
    second(history, 1, 1);
    for (const send of history.sends.slice(-10))
      Object.assign(send, { sentUs: send.sentUs + 1e6, settledUs: send.settledUs + 1e6 });
    expect(worstSeconds(observe(history), 2000).map(({ fromMs, p99Us }) => [fromMs, p99Us])).toEqual([
      [1000, 1_001_000],
      [0, 5000],
    ]);
  });

  it('say when a message first arrived, however often and in whatever order its copies were recorded', () => {
    const history = { ...emptyHistory(2), devices: 2 };
    second(history, 0, 5);
    const [copy] = history.deliveries;
    if (copy === undefined) throw new Error('nothing arrived');
    const other = (id: number, atUs: number) => history.deliveries.push({ ...copy, device: 1, id, seq: 7, atUs });
    // Of the first message the earlier copy comes later in the rows, of the second the later one.
    other(1, copy.atUs - 2000);
    other(2, copy.atUs + 900_000);
    const arrived = new Map(
      worstSeconds(observe(history), 1000)[0]?.slowest.map(({ id, arrivedMs, seq }) => [id, { arrivedMs, seq }]),
    );
    expect(arrived.get(1)).toEqual({ arrivedMs: (copy.atUs - 2000) / 1000, seq: 7 });
    expect(arrived.get(2)?.arrivedMs).toBe(copy.atUs / 1000 + 100);
  });

  it('cover the load alone, neither its warm-up nor what came after it', () => {
    const history = emptyHistory(2);
    second(history, -1, 900);
    second(history, 0, 1);
    second(history, 1, 900);
    expect(worstSeconds(observe(history), 1000).map(({ fromMs }) => fromMs)).toEqual([0]);
    expect(worstSeconds(observe(history), 1500)[0]).toMatchObject({ fromMs: 1000, toMs: 1500, messages: 5 });
    expect(worstSeconds(observe(emptyHistory(2)), 1000)).toEqual([]);
  });
});
