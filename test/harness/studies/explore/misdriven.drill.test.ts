/** A driver that hides messages behind its numbers is not the server's fault for whoever plays many runs: explore, replay and compare. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { planSides } from '../../../../harness/studies/compare/plan-sides.ts';
import { playBlock } from '../../../../harness/studies/compare/play-block.ts';
import { replay } from '../../../../harness/studies/explore/replay.ts';
import { project } from '../../plan/own-server/project.ts';

const NATIVE = new URL('../../../../harness/run/drivers/native/native-driver.ts', import.meta.url);
/** The native driver, but that every message has the same number. */
const MISTAKEN = `import { NativeDriver } from '${pathToFileURL(NATIVE.pathname).href}';
const native = new NativeDriver();
export const driver = {
  name: 'mistaken',
  tend: (nowMs) => native.tend(nowMs),
  connect(options, events) {
    const told = Object.fromEntries(['open', 'acked', 'refused', 'receipt', 'ended'].map((name) => [name, (...all) => events[name](...all)]));
    return native.connect(options, { ...told, delivered: (seq, ...message) => events.delivered(7, ...message) });
  },
};`;
const SCENARIO = `name: tiny
target: { use: calibrated, durability: memory }
users: 10
load: { model: constant, rate: 150/s, duration: 700ms, contacts: 3, workers: 1, driver: ./mistaken.ts }
limits: { lag: 10s, drain: 10s }
expect: { delivery: intact }
`;
const BLAMED = /the driver mistaken \(mistaken\.ts\) broke the rule .*\(numbers-rise\).*the server is not blamed/;

async function prepared() {
  const folder = project({ 'mistaken.ts': MISTAKEN, 'tiny.yaml': SCENARIO });
  const planned = await planSides({
    a: 'delayMs=1',
    b: 'delayMs=2',
    scenario: join(folder, 'tiny.yaml'),
    set: [],
    seed: 3,
    isTarget: () => false,
  });
  if (!planned.ok) throw new Error(JSON.stringify(planned.problems));
  const out = join(folder, 'out');
  mkdirSync(out);
  return { sides: planned.sides, out };
}

const { signal } = new AbortController();

test('a replay does not count the run, and finds nothing broken', { timeout: 60_000 }, async () => {
  const { sides, out } = await prepared();
  const result = await replay({
    plan: sides.a.plan,
    times: 1,
    folder: out,
    reproduce: 'letitcrash replay',
    signal,
    onTrial: () => undefined,
    onNotice: () => undefined,
  });
  expect(result.broken).toEqual({});
  expect(result.discounted.join('\n')).toMatch(BLAMED);
});

test('a comparison stops the block after that run, and holds nothing against its side', { timeout: 60_000 }, async () => {
  const { sides, out } = await prepared();
  const played = await playBlock({
    sides,
    seed: 3,
    index: 0,
    validity: { stealShare: 1, cpuPressure: 1, pressureSpread: 1 },
    metrics: ['response.p50'],
    folder: out,
    signal,
    onRun: () => undefined,
    onNotice: () => undefined,
  });
  expect(played.runs.map(({ broken }) => broken)).toEqual([[]]);
  expect(played.block.invalid.join('\n')).toMatch(BLAMED);
});
