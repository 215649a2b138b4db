/** A small catalogue and short ways to plan a text, for the tests of this folder. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Catalogue, FaultKindFacts, TargetFacts } from '../../../../harness/plan/scenario/catalogue.ts';
import type { Plan } from '../../../../harness/plan/scenario/plan.ts';
import { planScenario } from '../../../../harness/plan/scenario/plan-scenario.ts';
import type { Problem } from '../../../../harness/plan/scenario/problem.ts';
import { parseScenarioText } from '../../../../harness/plan/scenario/source.ts';

const reference: TargetFacts = {
  name: 'reference',
  driver: 'native',
  capabilities: new Set(['kill-process', 'kill-node', 'multi-node', 'node-runtime', 'devices', 'presence']),
  durabilities: ['fsync', 'commit', 'memory'],
  checkConfig: (config, { nodes, durability }) => [
    ...Object.keys(config)
      .filter((key) => key !== 'window')
      .map((key) => `there is no setting "${key}"; settings: window`),
    ...(nodes > 1 && durability === 'memory' ? ['durability: memory is not shared by nodes; fsync is right'] : []),
  ],
};
const plain: TargetFacts = { ...reference, name: 'plain', capabilities: new Set(), durabilities: ['memory'] };

const killProcess: FaultKindFacts = {
  settings: z.strictObject({ count: z.int().positive().default(1) }),
  needs: ['kill-process'],
  duration: 'none',
  check: (settings, { users }) => {
    const { count } = settings as { count: number };
    return count <= users ? [] : [{ key: 'count', message: `${count} of ${users} users`, remedy: `at most ${users}` }];
  },
};
const killNode: FaultKindFacts = {
  settings: z.strictObject({ target: z.string().default('random') }),
  needs: ['kill-node'],
  duration: 'optional',
  check: () => [],
};

export const catalogue: Catalogue = {
  drivers: new Map([
    ['native', { name: 'native', devices: true, presence: true }],
    ['one-device', { name: 'one-device', devices: false, presence: false }],
  ]),
  targets: new Map([reference, plain].map((target) => [target.name, target])),
  faultKinds: new Map([
    ['kill-process', killProcess],
    ['kill-node', killNode],
  ]),
};

export const GOOD = `# A good scenario,
# in two lines of comment.
name: good
users: 100
load: { rate: 1000/s, duration: 10s }
`;

/** Plans a text; throws when it cannot even be read. */
export function plan(text: string, overrides: readonly string[] = []) {
  const parsed = parseScenarioText({
    given: './test.yaml',
    file: 'test.yaml',
    sha256: createHash('sha256').update(text).digest('hex'),
    text,
  });
  if (!parsed.ok) throw new Error(parsed.problems.map((problem) => problem.message).join('; '));
  return planScenario(parsed.source, { catalogue, overrides, seed: 7 });
}

export function planned(text: string, overrides: readonly string[] = []): Plan {
  const outcome = plan(text, overrides);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.plan;
}

export function problems(text: string, overrides: readonly string[] = []): readonly Problem[] {
  const outcome = plan(text, overrides);
  return outcome.ok ? [] : outcome.problems;
}

/** The one problem of a text; throws when there are more or fewer. */
export function problem(text: string, overrides: readonly string[] = []): Problem {
  const [first, ...more] = problems(text, overrides);
  if (first === undefined || more.length > 0) throw new Error(`expected one problem: ${JSON.stringify([first, ...more])}`);
  return first;
}
