import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Exploration, type ExplorerOptions, explore } from '../../../../harness/studies/explore/explorer.ts';
import { faultRecipes } from '../../../../harness/studies/explore/fault-arbitraries.ts';
import type { Schedule } from '../../../../harness/studies/explore/schedule.ts';
import { scheduleArbitrary } from '../../../../harness/studies/explore/schedule-arbitrary.ts';
import { simplerSchedules } from '../../../../harness/studies/explore/simpler-schedule.ts';
import type { Lab } from '../../../../harness/studies/explore/trial.ts';
import type { Capability } from '../../../../targets/target.ts';
import { HELD, ModelLab } from './model-lab.ts';

const BOUNDS = { users: 60, nodes: 3, durationMs: 2_000, maxFaults: 5, capabilities: new Set<Capability>() };
const RECIPES = faultRecipes.filter(({ kind }) => ['kill-node', 'kill-process', 'runaway-process'].includes(kind));

function search(lab: Lab, options: Partial<ExplorerOptions> = {}): Promise<Exploration> {
  return explore({
    lab,
    arbitrary: scheduleArbitrary(RECIPES, BOUNDS),
    seed: 1,
    schedules: 500,
    hasTime: () => true,
    mayReduce: () => true,
    times: 10,
    simpler: (schedule) => simplerSchedules(schedule, RECIPES, BOUNDS),
    signal: new AbortController().signal,
    onEvent: () => undefined,
    ...options,
  });
}

describe('exploration', () => {
  test('finds a combination of two faults, drops every other, and makes those two as simple as possible', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const { ending, found } = await search(new ModelLab({ kinds: ['kill-node', 'kill-process'], share: 1 }, seed), { seed });
        expect(ending).toBe('found');
        expect(found).toHaveLength(1);
        const [{ property, schedule, minimal, reproduction }] = found as [Exploration['found'][number]];
        expect(property).toBe('lost');
        expect(schedule.faults.length).toBeGreaterThanOrEqual(2);
        expect(minimal.seed).toBe(schedule.seed);
        expect(minimal.faults.map(({ id }) => id)).toEqual(['kill-node-1', 'kill-process-2']);
        expect(minimal.faults.map(({ forMs, settings }) => [forMs, settings])).toEqual([
          [50, { target: 'n1' }],
          [null, { count: 1 }],
        ]);
        expect(reproduction).toMatchObject({ runs: 10, failures: 10 });
        expect(reproduction.low).toBeGreaterThan(0.7);
      }),
      { numRuns: 30 },
    );
  });

  test('reduces for as long as it may, keeps what it has by then, and says that the reduction did not finish', async () => {
    const lab = (): ModelLab => new ModelLab({ kinds: ['kill-node', 'kill-process'], share: 1 }, 3);
    const whole = await search(lab(), { seed: 3 });
    expect(whole.found[0]).toMatchObject({ complete: true, reproduction: { runs: 10 } });
    const runs = (playing: ModelLab): number => playing.played.length;
    for (const allowed of [0, 1, 3, 6, 12]) {
      const playing = lab();
      let left = allowed;
      const before = { runs: 0 };
      const { found } = await search(playing, {
        seed: 3,
        mayReduce: (what) => (what === 'shrink' ? left-- > 0 : false),
        onEvent: ({ kind }) => {
          if (kind === 'violation') before.runs = runs(playing);
        },
      });
      const [finding] = found as [Exploration['found'][number]];
      expect(finding).toMatchObject({ complete: false, reproduction: { runs: 0, failures: 0 } });
      expect(runs(playing) - before.runs).toBeLessThanOrEqual(allowed);
      // What there is still breaks it.
      const kinds = finding.minimal.faults.map(({ kind }) => kind);
      expect(kinds).toEqual(expect.arrayContaining(['kill-node', 'kill-process']));
    }
  });

  test('has time of its own for the rate: a schedule whose reduction was cut short is repeated as often as any other', async () => {
    const { found } = await search(new ModelLab({ kinds: ['kill-node', 'kill-process'], share: 1 }, 3), {
      seed: 3,
      mayReduce: (what) => what === 'rate',
    });
    expect(found[0]).toMatchObject({ complete: false, reproduction: { runs: 10, failures: 10 } });
    let left = 4;
    const cut = await search(new ModelLab({ kinds: ['kill-node', 'kill-process'], share: 1 }, 3), {
      seed: 3,
      mayReduce: (what) => what === 'shrink' || left-- > 0,
    });
    expect(cut.found[0]).toMatchObject({ complete: false, reproduction: { runs: 4 } });
  });

  test('reduces a bug that shows in half of its runs to the one fault it needs, nearly always, and gives its rate', async () => {
    let reduced = 0;
    let failures = 0;
    for (let seed = 0; seed < 40; seed += 1) {
      const { found } = await search(new ModelLab({ kinds: ['kill-node'], share: 0.5 }, seed), { seed });
      const [finding] = found;
      if (finding?.minimal.faults.length === 1) reduced += 1;
      failures += finding?.reproduction.failures ?? 0;
    }
    expect(reduced).toBeGreaterThan(32);
    expect(failures / 400).toBeGreaterThan(0.4);
    expect(failures / 400).toBeLessThan(0.6);
  });

  test('tries the empty schedule first: a server that breaks by itself is reduced to it', async () => {
    const lab = new ModelLab({ kinds: [], share: 1 }, 0);
    const { found } = await search(lab);
    expect(lab.played[0]?.faults).toEqual([]);
    expect(found[0]?.minimal.faults).toEqual([]);
  });

  test('plays as many schedules as were asked for, not counting those that prove nothing, and finds nothing in an honest server', async () => {
    const lab = new ModelLab({ kinds: ['never'], share: 1 }, 0);
    lab.discountEvery = 4;
    expect(await search(lab, { schedules: 30 })).toEqual({ ending: 'spent', found: [], reason: null });
    expect(lab.played.length - Math.floor(lab.played.length / 4)).toBe(30);
  });

  test('stops when the time is up or when it is interrupted, even in the middle of a run', async () => {
    let left = 7;
    const lab = new ModelLab({ kinds: ['never'], share: 1 }, 0);
    expect(await search(lab, { hasTime: () => left-- > 0 })).toMatchObject({ ending: 'spent', found: [] });
    expect(lab.played).toHaveLength(7);

    const interruption = new AbortController();
    const interrupted: Lab = {
      play: async () => {
        interruption.abort(new Error('enough'));
        throw new Error('the workers are gone');
      },
    };
    expect(await search(interrupted, { signal: interruption.signal })).toEqual({
      ending: 'interrupted',
      found: [],
      reason: null,
    });
  });

  test('keeps what was found, as small as it was by then, when the reduction is interrupted', async () => {
    const interruption = new AbortController();
    const model = new ModelLab({ kinds: ['kill-node'], share: 1 }, 0);
    const smaller: Schedule[] = [];
    const lab: Lab = {
      play: (schedule) => {
        if (smaller.length > 0) {
          interruption.abort(new Error('enough'));
          return Promise.reject(new Error('the workers are gone'));
        }
        return model.play(schedule);
      },
    };
    const { ending, found } = await search(lab, {
      signal: interruption.signal,
      onEvent: (event) => {
        if (event.kind === 'smaller') smaller.push(event.schedule);
      },
    });
    expect(ending).toBe('interrupted');
    expect(found[0]?.minimal).toEqual(smaller[0]);
    expect(found[0]?.reproduction).toEqual({ runs: 0, failures: 0, low: 0, high: 1 });
  });

  test('gives up on a server if run after run proves nothing, and says why', async () => {
    const lab: Lab = { play: async () => ({ ...HELD, discounted: 'no message was acknowledged' }) };
    expect(await search(lab)).toEqual({ ending: 'unfit', found: [], reason: 'no message was acknowledged' });
  });

  test('passes on an error after which the lab cannot go on', async () => {
    const lab: Lab = { play: () => Promise.reject(new Error('the server does not start')) };
    await expect(search(lab)).rejects.toThrow('the server does not start');
  });

  test('draws the same schedules in the same order for the same seed, and others for another seed', async () => {
    const drawn = async (seed: number): Promise<readonly Schedule[]> => {
      const lab = new ModelLab({ kinds: ['never'], share: 1 }, 0);
      await search(lab, { seed, schedules: 20 });
      return lab.played;
    };
    expect(await drawn(3)).toEqual(await drawn(3));
    expect(await drawn(3)).not.toEqual(await drawn(4));
  });
});
