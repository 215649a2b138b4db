import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { eventClocks, healClocks, recoveryClocks } from '../../../../harness/evidence/result/recovery-clock-table.ts';
import { resultSchema } from '../../../../harness/evidence/result/result.ts';
import { sourcesOf } from '../../../rules/imports.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const fieldsOf = (clocks: readonly { readonly field: string }[]): string[] => clocks.map(({ field }) => field);

/** Where a clock's field may be spelled: in the schema, in the table, and where the clock is computed. */
const HOMES = [
  'harness/evidence/result/result.ts',
  'harness/evidence/result/recovery-clock-table.ts',
  'harness/evidence/measure/recovery.ts',
  'harness/evidence/measure/recovery-distribution.ts',
];

describe('the table of recovery clocks', () => {
  it('has the clocks of the schema, of a repeated step and from the heal, in the order of the schema', () => {
    const { recovery, recoveryDistribution } = resultSchema.shape;
    const fault = recovery.element.shape;
    const step = recoveryDistribution.element.shape;
    const clocks = Object.keys(fault).filter((key) => key.endsWith('Ms') && !['excessLatencyMs', 'watchedMs'].includes(key));
    expect(fieldsOf(recoveryClocks)).toEqual(clocks);
    expect(fieldsOf(eventClocks)).toEqual(Object.keys(step.clocks.shape));
    expect(fieldsOf(healClocks)).toEqual(Object.keys(step.fromHeal.unwrap().shape));
  });

  it('is the only place outside the schema and the computation that spells their fields', () => {
    const spelled = new RegExp(`\\b(?:${fieldsOf(recoveryClocks).join('|')})\\b`);
    const offenders = sourcesOf(root, ['harness', 'reports', 'targets'])
      .filter(({ path, text }) => spelled.test(text) && !HOMES.includes(path))
      .map(({ path }) => path);
    expect(offenders).toEqual([]);
  });
});
