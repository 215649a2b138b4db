import { expect, test } from 'vitest';
import { monotonicUs } from '../../../../harness/evidence/measure/clock.ts';
import { readCpuPressureUs } from '../../../../harness/evidence/measure/cpu-pressure.ts';
import { Sampler } from '../../../../harness/evidence/measure/sampler.ts';

function burn(ms: number): void {
  const untilUs = monotonicUs() + ms * 1000;
  while (monotonicUs() < untilUs);
}

test('the readings of a span say how much processor time had been used by each moment, so that the beginning can be left out', async () => {
  const sampler = new Sampler({ nodes: () => [process.pid], workers: () => [] });
  await sampler.read();
  await sampler.beginSpan();
  const beganUs = monotonicUs();
  for (let time = 0; time < 3; time++) {
    burn(60);
    await sampler.read();
  }
  const { readings, nodesUs } = await sampler.cpu();
  // One more at the end, for the whole.
  expect(readings).toHaveLength(4);
  expect(readings.at(-1)?.nodesUs).toBe(nodesUs);
  for (const [at, reading] of readings.entries()) {
    expect(reading.atUs).toBeGreaterThan(readings[at - 1]?.atUs ?? beganUs);
    expect(reading.nodesUs).toBeGreaterThanOrEqual(readings[at - 1]?.nodesUs ?? 0);
  }
  expect(nodesUs).toBeGreaterThan(0);
});

test('the pressure on the processors only grows, or is not reported at all', async () => {
  const before = await readCpuPressureUs();
  const after = await readCpuPressureUs();
  if (before === null) expect(after).toBe(null);
  else expect(after).toBeGreaterThanOrEqual(before);
});
