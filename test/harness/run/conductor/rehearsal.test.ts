import { describe, expect, it } from 'vitest';
import { planText } from '../../../../harness/front/cli/plan-text.ts';
import type { FaultPlan } from '../../../../harness/plan/scenario/plan.ts';
import { rehearse } from '../../../../harness/run/conductor/rehearsal.ts';
import { faultKinds } from '../../../../harness/run/faults/catalogue.ts';
import { GOOD, planned } from '../../plan/scenario/planning.ts';

/** One step of every kind there is, undone after two seconds where that is possible. */
const everyKind = [...faultKinds.values()].map(
  ({ kind, duration }, index): FaultPlan => ({
    id: `${kind}-${index + 1}`,
    atMs: 1000 * (index + 1),
    kind,
    forMs: duration === 'none' ? null : 2000,
    settings: {},
  }),
);

describe('a rehearsal', () => {
  it('says of every kind how it heals and what it needs, whether or not this machine has it', async () => {
    const plan = { ...planned(GOOD), faults: everyKind.toReversed() };
    const rehearsal = await rehearse(plan);
    expect(rehearsal.schedule.map(({ id }) => id)).toEqual(everyKind.map(({ id }) => id));
    for (const fault of rehearsal.schedule) {
      expect(fault.undoneAtMs).toBe(fault.forMs === null ? null : fault.atMs + 2000);
      expect(fault.heals.length).toBeGreaterThan(3);
    }
    const required = new Set([...faultKinds.values()].flatMap(({ requires }) => requires));
    expect(new Set(rehearsal.needs.map(({ name }) => name))).toEqual(required);
    const text = planText(plan, rehearsal);
    for (const { id } of everyKind) expect(text).toContain(id);
    for (const { name, state } of rehearsal.needs) expect(text).toContain(`${name}: ${state.met ? 'met' : 'NOT MET'}`);
  });

  it('says prominently what is absent, and how to get it', async () => {
    const plan = planned(GOOD);
    const rehearsal = await rehearse(plan);
    const absent = { met: false, reason: 'there is none', remedy: 'get one' } as const;
    const text = planText(plan, {
      ...rehearsal,
      needs: [{ name: 'procfs', kinds: ['pause-node'], state: absent }],
      target: { available: false, reason: 'not installed', remedy: 'npm install' },
    });
    expect(text).toContain('procfs: NOT MET, for pause-node: there is none; get one');
    expect(text).toContain('CANNOT RUN HERE: not installed; npm install');
  });

  it('undoes at once any fault that would last', async () => {
    const plan = planned(`${GOOD}faults: [{ at: 1s, kind: kill-node }]\n`);
    expect((await rehearse(plan)).schedule).toMatchObject([{ id: 'kill-node-1', undoneAtMs: 1000 }]);
  });
});
