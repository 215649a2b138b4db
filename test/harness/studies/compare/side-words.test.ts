import { describe, expect, test } from 'vitest';
import { planSides } from '../../../../harness/studies/compare/plan-sides.ts';
import { readSide } from '../../../../harness/studies/compare/side-words.ts';

const isTarget = (word: string): boolean => ['reference', 'calibrated'].includes(word);
const read = (text: string) => readSide(text, isTarget);

describe('the words of a side', () => {
  test.each([
    ['durability=fsync', null, ['target.durability=fsync']],
    ['node@24', null, ['target.runtime=node@24']],
    ['smoke nodes=2, users=300', 'smoke', ['target.nodes=2', 'users=300']],
    ['./mine.yaml,load.rate=100/s', './mine.yaml', ['load.rate=100/s']],
    ['calibrated durability=memory delayMs=2', null, ['target.use=calibrated', 'target.durability=memory', 'target.delayMs=2']],
    [
      'nodeFlags=[--max-semi-space-size=64, --jitless] node@26',
      null,
      ['target.nodeFlags=[--max-semi-space-size=64, --jitless]', 'target.runtime=node@26'],
    ],
    ['target.nodes=3 faults[0].at=2s', null, ['target.nodes=3', 'faults[0].at=2s']],
  ])('%j', (text, scenario, overrides) => {
    expect(read(text)).toEqual({ text, scenario, overrides });
  });

  test('that set nothing are refused, and the message says what would be right', () => {
    expect(read('  ')).toMatch(/is empty.*durability=memory/);
    expect(read('durability=fsync smoke')).toMatch(/"smoke", which sets nothing/);
    expect(read('smoke steady')).toMatch(/"steady", which sets nothing/);
  });
});

describe('two sides', () => {
  const request = { scenario: 'compare', set: ['users=200'], seed: 5, isTarget };

  test('are planned from the same scenario, each with its own difference after what both share', async () => {
    const planned = await planSides({ ...request, a: 'durability=fsync', b: 'durability=memory users=100' });
    if (!planned.ok) throw new Error(JSON.stringify(planned.problems));
    const { a, b } = planned.sides;
    expect(a).toMatchObject({
      label: 'durability=fsync',
      source: null,
      plan: { users: 200, seed: 5, target: { durability: 'fsync' } },
    });
    expect(b.plan).toMatchObject({ users: 100, target: { durability: 'memory' } });
    expect(a.plan.scenario.name).toBe('compare');
  });

  test('report their mistakes as run does, and a common one only once', async () => {
    const planned = await planSides({ ...request, set: ['users=one'], a: 'durability=fsinc', b: 'node@x' });
    if (planned.ok) throw new Error('planned');
    expect(planned.problems.map(({ place }) => place.override)).toEqual([
      'target.durability=fsinc',
      'users=one',
      'target.runtime=node@x',
    ]);
  });

  test('that cannot be read are a mistake on the command line', async () => {
    const planned = await planSides({ ...request, a: '', b: 'nosuch' });
    if (planned.ok) throw new Error('planned');
    expect(planned.problems).toHaveLength(2);
    expect(planned.problems[0]?.message).toContain('is empty');
    expect(planned.problems[1]).toMatchObject({ code: 'file-missing', value: 'nosuch' });
  });
});
