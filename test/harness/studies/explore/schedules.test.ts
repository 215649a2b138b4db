import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadScenario } from '../../../../harness/plan/scenario/load-scenario.ts';
import type { Plan } from '../../../../harness/plan/scenario/plan.ts';
import { planScenario } from '../../../../harness/plan/scenario/plan-scenario.ts';
import { describeProblem } from '../../../../harness/plan/scenario/problem.ts';
import { scenarioOfPlan } from '../../../../harness/plan/scenario/scenario-of-plan.ts';
import type { ScenarioSource } from '../../../../harness/plan/scenario/source.ts';
import { catalogue } from '../../../../harness/run/conductor/catalogue.ts';
import { drawableKinds } from '../../../../harness/studies/explore/drawable-kinds.ts';
import { explorationScenario } from '../../../../harness/studies/explore/exploration-scenario.ts';
import { faultRecipes } from '../../../../harness/studies/explore/fault-arbitraries.ts';
import { loadRecorded } from '../../../../harness/studies/explore/recorded-schedule.ts';
import { reproduction } from '../../../../harness/studies/explore/reproduce.ts';
import { scenarioFile } from '../../../../harness/studies/explore/scenario-file.ts';
import { scheduleArbitrary } from '../../../../harness/studies/explore/schedule-arbitrary.ts';
import { simplerSchedules } from '../../../../harness/studies/explore/simpler-schedule.ts';
import { targets } from '../../../../targets/index.ts';

function planned(source: ScenarioSource, overrides: readonly string[] = []): Plan {
  const outcome = planScenario(source, { catalogue, overrides, seed: null, drawnSeed: 3 });
  if (!outcome.ok) throw new Error(outcome.problems.map(describeProblem).join('\n'));
  return outcome.plan;
}

describe.each(targets.map((target) => [target.name, target] as const))('exploring %s', (_, target) => {
  const nodes = target.capabilities.has('multi-node') ? 3 : 1;
  const plan = planned(explorationScenario(target, nodes));
  const recipes = drawableKinds({ capabilities: target.capabilities, nodes }, catalogue.faultKinds, null);
  const bounds = { users: plan.users, nodes, durationMs: plan.load.durationMs, maxFaults: 5, capabilities: target.capabilities };
  const schedules = scheduleArbitrary(recipes, bounds);

  test('draws only schedules that a scenario file may hold, in order, and simplifies them to such schedules', () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        const times = schedule.faults.map(({ atMs }) => atMs);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(new Set(schedule.faults.map(({ id }) => id)).size).toBe(schedule.faults.length);
        for (const each of [schedule, ...simplerSchedules(schedule, recipes, bounds)]) {
          const run = { ...plan, seed: each.seed, faults: each.faults };
          const data = scenarioOfPlan(run);
          const again = planned({ ...explorationScenario(target, nodes), data });
          // Planning fills in what a recipe leaves to the kind's defaults.
          const faults = run.faults.map((fault) => ({ ...fault, settings: expect.objectContaining(fault.settings) }));
          expect({ ...again, scenario: null }).toEqual({ ...run, scenario: null, target: again.target, faults });
        }
      }),
      { numRuns: 50 },
    );
  });

  test('draws every kind that applies, also together with itself, and schedules without any fault', () => {
    const drawn = fc.sample(schedules, { numRuns: 500, seed: 1 });
    const kinds = new Set(drawn.flatMap(({ faults }) => faults.map(({ kind }) => kind)));
    expect([...kinds].sort()).toEqual(recipes.map(({ kind }) => kind).sort());
    expect(drawn.some(({ faults }) => faults.length === 0)).toBe(true);
    expect(drawn.some(({ faults }) => faults.length === 5)).toBe(true);
  });
});

test('every recipe belongs to a kind of the catalogue', () => {
  for (const { kind } of faultRecipes) expect(catalogue.faultKinds.has(kind), kind).toBe(true);
});

describe('a finding', () => {
  const [reference] = targets;
  if (reference === undefined) throw new Error('there are no targets');
  const plan = planned(explorationScenario(reference, 1), ['target.durability=commit', 'load.rate=300/s']);

  test('as a scenario file says what broke, how often and how to see it again, and plans the very same run', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'letitcrash-finding-'));
    try {
      const file = join(folder, 'found-1.yaml');
      const minimal = {
        seed: 4_000_000_000,
        faults: [
          { id: 'kill-node-1', kind: 'kill-node', atMs: 350, forMs: 200, settings: { target: 'n1' } },
          { id: 'kill-process-2', kind: 'kill-process', atMs: 600, forMs: null, settings: { count: 3 } },
        ],
      };
      const evidence = ['lost: message 3 of u1 to u2\nwas never shown'];
      const finding = {
        property: 'lost',
        schedule: minimal,
        minimal,
        reproduction: reproduction(10, 9),
        evidence,
        complete: true,
      };
      const text = scenarioFile(finding, plan, file);
      expect(text).toContain('# `lost` is broken: in 9 of 10 fresh runs, a share between');
      expect(text).toContain(`letitcrash replay ${file} --times 20`);
      writeFileSync(file, text);
      const loaded = await loadScenario(file);
      if (!loaded.ok) throw new Error(loaded.problems.map(describeProblem).join('\n'));
      const again = planned(loaded.source);
      expect(
        again.faults.map(({ settings, ...fault }) => ({ ...fault, settings: expect.objectContaining(settings) })),
      ).toBeDefined();
      expect(again.faults).toEqual(
        minimal.faults.map((fault) => ({ ...fault, settings: expect.objectContaining(fault.settings) })),
      );
      expect(again.seed).toBe(minimal.seed);
      expect({ ...again, scenario: null, faults: null, seed: null, target: null }).toEqual({
        ...plan,
        scenario: null,
        faults: null,
        seed: null,
        target: null,
      });
      expect(again.scenario.summary).toContain('Found by exploration on reference');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('is replayed from a schedule.json and from its folder as from its scenario, and is refused without a scenario', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'letitcrash-finding-'));
    try {
      const file = join(folder, 'schedule.json');
      writeFileSync(file, JSON.stringify({ schema: 'letitcrash.schedule/1', play: scenarioOfPlan(plan) }));
      for (const given of [folder, file]) {
        const loaded = await loadRecorded(given);
        if (!loaded.ok) throw new Error('refused');
        expect({ ...planned(loaded.source), scenario: null }).toEqual({ ...plan, scenario: null });
      }
      writeFileSync(file, JSON.stringify({ schema: 'letitcrash.schedule/1', faults: [] }));
      const refused = await loadRecorded(folder);
      expect(refused.ok).toBe(false);
      const wrong = { schema: 'letitcrash.schedule/1', play: { ...scenarioOfPlan(plan), users: 'many' } };
      writeFileSync(file, JSON.stringify(wrong, null, 1));
      const misplaced = await loadRecorded(file);
      if (!misplaced.ok) throw new Error('refused');
      const outcome = planScenario(misplaced.source, { catalogue, overrides: [], seed: 1 });
      expect(outcome.ok ? [] : outcome.problems.map(({ place }) => place.path)).toEqual(['play.users']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
