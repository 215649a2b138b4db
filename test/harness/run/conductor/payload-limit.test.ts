import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadOwnTarget } from '../../../../harness/plan/own-server/own-target.ts';
import type { Catalogue } from '../../../../harness/plan/scenario/catalogue.ts';
import { planScenario } from '../../../../harness/plan/scenario/plan-scenario.ts';
import { parseScenarioText } from '../../../../harness/plan/scenario/source.ts';
import { catalogue } from '../../../../harness/run/conductor/catalogue.ts';
import { runScenario } from '../../../../harness/run/conductor/conductor.ts';
import { UserNames } from '../../../../harness/run/load/user-names.ts';
import { calibrated } from '../../../../targets/calibrated/target.ts';
import { LONGEST_USER_NAME_BYTES } from '../../../../targets/target.ts';
import { project } from '../../plan/own-server/project.ts';

function plan(target: string, payload: string, known: Catalogue = catalogue) {
  const text = `name: large
users: 3
target: ${target}
load: { rate: 20/s, duration: 500ms${payload === '' ? '' : `, payload: ${payload}`} }
`;
  const parsed = parseScenarioText({ given: 'large.yaml', file: 'large.yaml', sha256: '0'.repeat(64), text });
  if (!parsed.ok) throw new Error('the scenario cannot be read');
  return planScenario(parsed.source, { catalogue: known, overrides: [], seed: 3 });
}

function problems(target: string, payload: string, known?: Catalogue): string[] {
  const outcome = plan(target, payload, known);
  return outcome.ok
    ? []
    : outcome.problems.map(({ place, value, message, remedy }) => `${place.path} ${value}: ${message}; ${remedy}`);
}

describe('a payload that is larger than the target accepts', () => {
  test.each([
    [
      '{ use: reference }',
      '65517B',
      /^load\.payload 65517B: .*larger payload than the target reference accepts; at most 65516B; or a larger target\.maxFrameBytes/,
    ],
    ['{ use: reference }', '65535B', /at most 65516B/],
    ['{ use: reference }', '1MiB', /at most 65516B/],
    ['{ use: reference, maxFrameBytes: 1000 }', '1KB', /at most 980B/],
    // The payload that a scenario does not write is one, too.
    ['{ use: reference, maxFrameBytes: 64 }', '', /100B is a larger payload .*at most 44B/],
  ])('is refused before anything starts: %s with %s', (target, payload, words) => {
    expect(problems(target, payload)).toEqual([expect.stringMatching(words)]);
  });

  test.each([
    ['{ use: reference }', '65516B'],
    ['{ use: reference, maxFrameBytes: 100020, maxMessageBytes: 200000 }', '100KB'],
    ['{ use: calibrated, durability: memory }', '1MiB'],
  ])('is not refused if the target accepts it: %s with %s', (target, payload) => {
    expect(problems(target, payload)).toEqual([]);
  });

  test('is refused for a server of the user’s own only if its file states a limit', async () => {
    const file = (limit: string): string => `import { commandTarget } from 'letitcrash/target';
export const target = commandTarget({ name: 'chat', summary: 'a chat', driver: 'native', durabilities: ['memory'], ${limit}
  command: () => ({ args: [] }) });
`;
    const folder = project({ 'says.ts': file('largestPayloadBytes: 500,'), 'silent.ts': file('') });
    const targets = new Map(catalogue.targets);
    for (const name of ['says', 'silent']) {
      const loaded = await loadOwnTarget(join(folder, `${name}.ts`));
      if (!loaded.ok) throw new Error(`${name} cannot be loaded`);
      targets.set(`./${name}.ts`, { ...loaded.value, file: join(folder, `${name}.ts`) });
    }
    const known = { ...catalogue, targets };
    expect(problems('{ use: ./says.ts, durability: memory }', '501B', known)).toEqual([expect.stringContaining('at most 500B')]);
    expect(problems('{ use: ./says.ts, durability: memory }', '500B', known)).toEqual([]);
    expect(problems('{ use: ./silent.ts, durability: memory }', '1MiB', known)).toEqual([]);
  });

  test('is not refused below what the reference server promises to accept, because that server carries it', async () => {
    const outcome = plan('{ use: reference, durability: memory }', '65516B');
    if (!outcome.ok) throw new Error('the plan is refused');
    const folder = mkdtempSync(join(tmpdir(), 'letitcrash-large-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { result } = await runScenario(
      { ...outcome.plan, limits: { ...outcome.plan.limits, lagP99Ms: 10_000 } },
      { outDir: join(folder, 'run'), signal: new AbortController().signal, progress: () => undefined },
    );
    expect(result.reasons).toEqual([]);
    const attempted = result.delivery?.attempted;
    expect(attempted).toBeGreaterThan(0);
    expect(result.delivery).toMatchObject({ acked: attempted, delivered: attempted, failed: 0 });
  });
});

test('no user of the load has a longer name than targets provide for', () => {
  expect(new UserNames(1, 999_999_999).name(0)).toHaveLength(LONGEST_USER_NAME_BYTES);
  expect(() => new UserNames(2, 999_999_999)).toThrow(RangeError);
  expect(calibrated.limits?.({})?.payloadBytes).toBeGreaterThan(2 ** 20);
});
