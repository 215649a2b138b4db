import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../harness/evidence/stats/random.ts';
import { ARMS, type Arm, orderOf } from './arms.ts';
import { VALUES } from './play.ts';
import { logRatios, type RecordedRun, readRecorded, wholeBlocks } from './recording.ts';
import { PAGE, reportOf } from './report.ts';

const FACTORS: Partial<Record<Arm, number>> = { live: 1.1, otlp: 1.2 };

/** A machine that becomes slower by a tenth with each run. */
function blockOf(block: number, invalid: string | null = null): RecordedRun[] {
  return orderOf(new Random(1, 'order', block)).map((arm, place) => {
    const us = 100 * (FACTORS[arm] ?? 1) * 1.1 ** place;
    const values = Object.fromEntries(VALUES.map((value) => [value, us])) as RecordedRun['values'];
    return { setting: 'here', block, place, arm, at: '', values, invalid };
  });
}

describe('what measuring costs', () => {
  it('is shown on a page that is generated from the data', () => {
    expect(readFileSync(PAGE, 'utf8')).toBe(reportOf(readRecorded()));
  });

  it('is found unchanged, in whatever order, on a machine that drifts', () => {
    const blocks = wholeBlocks(
      [0, 1, 2, 3].flatMap((block) => blockOf(block)),
      'here',
    );
    expect(blocks).toHaveLength(4);
    for (const arm of ARMS)
      for (const ratio of logRatios(blocks, arm, 'server')) expect(Math.exp(ratio ?? 0)).toBeCloseTo(FACTORS[arm] ?? 1, 9);
    const text = reportOf(blocks.flatMap(({ runs }) => runs));
    expect(text).toMatch(/`--live`, with one page open \| \+10%/);
  });

  it('is not taken from blocks that were interrupted, that the machine spoilt, or that are from another machine', () => {
    const spoilt = blockOf(1).with(3, { ...(blockOf(1)[3] as RecordedRun), invalid: 'the generator was late' });
    const elsewhere = blockOf(2).map((each) => ({ ...each, setting: 'there' }));
    const runs = [...blockOf(0).slice(0, -1), ...spoilt, ...elsewhere, ...blockOf(3)];
    expect(wholeBlocks(runs, 'here').map(({ block }) => block)).toEqual([3]);
  });

  it('is not stated for a value that was not measured', () => {
    const runs = blockOf(0).map((each) => (each.arm === 'live' ? { ...each, values: { ...each.values, server: null } } : each));
    const blocks = wholeBlocks(runs, 'here');
    expect(logRatios(blocks, 'live', 'server')).toEqual([null]);
    expect(logRatios(blocks, 'live', 'workers')).not.toEqual([null]);
  });

  it('is measured in blocks that play every setup twice, in order and in reverse', () => {
    const order = orderOf(new Random(1, 'order', 0));
    expect(order.slice(0, ARMS.length).toSorted()).toEqual([...ARMS].toSorted());
    expect(order.toReversed()).toEqual(order);
  });
});
