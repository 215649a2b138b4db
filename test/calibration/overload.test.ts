/** A server that is asked for more than it can do is measured by what it did meanwhile, and not by what it finished in the drain. */
import { describe, expect, it } from 'vitest';
import { calibrate } from './calibrate.ts';
import { DRAWN, drawn } from './drawn.ts';

const OFFERED = 300;
const SECONDS = 2;

describe('a capacity below the offered load', () => {
  it('is the rate that is measured, and the processor time a message is of the same messages', async () => {
    const capPerSecond = drawn('cap', 120, 220);
    const result = await calibrate({
      server: { capPerSecond },
      load: { rate: `${OFFERED}/s`, duration: `${SECONDS}s` },
    });
    // All were answered in the end, after a drain as long as the queue.
    expect(result.delivery).toMatchObject({ acked: OFFERED * SECONDS, drained: true });
    const rate = result.load.ackedPerSecond as number;
    expect(rate, DRAWN).toBeGreaterThan(capPerSecond * 0.9);
    expect(rate, DRAWN).toBeLessThan(capPerSecond * 1.05);
    // Both are of the same time, so that one times the other is what the node used of a core: to the few milliseconds of the readings.
    const ofCore = ((result.cpu.serverUsPerMessage as number) * rate) / 1e6 / (result.cpu.nodes[0] as number);
    expect(ofCore, DRAWN).toBeGreaterThan(0.85);
    expect(ofCore, DRAWN).toBeLessThan(1.15);
  });
});
