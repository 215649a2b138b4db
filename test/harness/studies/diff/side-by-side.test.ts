import { describe, expect, test } from 'vitest';
import { type Diff, type DiffFigure, diffSchema } from '../../../../harness/evidence/result/diff.ts';
import type { Result } from '../../../../harness/evidence/result/result.ts';
import { sideBySide } from '../../../../harness/studies/diff/side-by-side.ts';
import { changeText, figureText } from '../../../../reports/diff-words.ts';
import { exampleResult } from '../../../reports/example-result.ts';

const example = exampleResult();
/** Another run of the same, an hour later. */
const again: Result = { ...example, startedAt: '2026-11-24T13:00:00.000Z', seed: 8 };
const memory: Result = { ...again, target: { ...again.target, config: { ...again.target.config, durability: 'memory' } } };

const diffOf = (a: Result, b: Result): Diff => {
  const diff = sideBySide({ run: 'a', result: a }, { run: 'b', result: b });
  expect(diffSchema.parse(diff)).toEqual(diff);
  return diff;
};
const conditionsOf = (diff: Diff, effect: string): string[] =>
  diff.conditions.filter((each) => each.effect === effect).map(({ about, name, a, b }) => `${about} ${name}: ${a} | ${b}`);
const figure = (diff: Diff, name: string) => diff.figures.find((each) => each.name === name);

/** What another tool measured, imported: nobody said where, with what payload, on which version. */
function imported(over: Partial<Result> = {}): Result {
  const unknown = 'unknown';
  return {
    ...again,
    measuredBy: {
      tool: 'k6',
      caveats: [],
      imported: null,
      figures: [{ name: 'http_req_duration', unit: 'ms', values: { 'p(95)': 30, max: 300 } }],
    },
    scenario: { ...again.scenario, sha256: '12'.repeat(32) },
    target: { name: unknown, version: unknown, runtime: unknown, nodes: 0, config: {} },
    environment: { ...again.environment, os: unknown, arch: unknown, cpu: unknown, cores: 0, memoryBytes: 0, node: unknown },
    load: { ...again.load, loop: 'closed', users: 0, connections: 0, payloadBytes: 0, driver: 'k6' },
    faults: [],
    recovery: [],
    ...over,
  };
}

describe('two runs side by side', () => {
  test('tell a percentile that was never reached from one that was not measured', () => {
    const { response } = example.latency;
    if (response === null) throw new Error('the example has response times');
    const never = { ...again, latency: { ...again.latency, response: { ...response, p999Us: null, unanswered: 500 } } };
    const diff = diffOf(example, never);
    const p999 = figure(diff, 'response.p99.9') as DiffFigure;
    expect(p999).toMatchObject({ b: null, never: ['b'], ratio: null });
    expect([figureText(p999, 'b'), changeText(p999, diff)]).toEqual(['never', 'no ratio']);
    const both = figure(diffOf(never, never), 'response.p99.9') as DiffFigure;
    expect([figureText(both, 'a'), changeText(both, diff)]).toEqual(['never', 'the same']);
  });

  test('bear no verdict: a difference of the server is what is compared, and every figure of either run is there', () => {
    const diff = diffOf(example, memory);
    expect(diff).not.toHaveProperty('verdict');
    expect(diff.comparable).toBe('yes');
    expect(diff.conditions.map(({ about, name, a, b, effect }) => [about, name, a, b, effect])).toEqual([
      ['target', 'durability', 'fsync', 'memory', 'subject'],
    ]);
    expect(diff.says[1]).toMatch(/^two runs are only one pair .*nothing here says that B is better or worse$/);
    const p99 = figure(diff, 'response.p99');
    expect(p99).toMatchObject({
      a: example.latency.response?.p99Us,
      b: memory.latency.response?.p99Us,
      ratio: 1,
      aInterval: null,
    });
    expect(figure(diff, 'memory.perConnection')).toMatchObject({ aInterval: { low: 7980, high: 8450 } });
    expect(figure(diff, 'delivery.lost')).toMatchObject({ a: 0, b: 0, ratio: null });
  });

  test('say what it would take to judge the metric that lies furthest apart', () => {
    const { response } = memory.latency;
    if (response === null) throw new Error('the example changed');
    const slower = { ...memory, latency: { ...memory.latency, response: { ...response, p99Us: (response.p99Us ?? 0) * 1.5 } } };
    const { judging } = diffOf(example, slower);
    expect(judging.fewestBlocks).toBe(5);
    expect(judging.needed.map(({ name }) => name)).toEqual(['response.p99']);
    expect(judging.needed[0]?.size).toBeCloseTo(0.5, 5);
    const blocks = judging.needed[0]?.blocks.map((each) => each.blocks ?? 99) ?? [];
    expect(blocks).toEqual(blocks.toSorted((one, other) => one - other));
    expect(blocks[0]).toBeGreaterThanOrEqual(5);
    expect(diffOf(example, again).judging.needed).toEqual([]);
  });

  test.each<[string, Partial<Result>, string]>([
    ['another machine', { environment: { ...memory.environment, cpu: 'Abacus' } }, 'machine processor: '],
    ['other users', { load: { ...memory.load, users: 500 } }, 'load users: 2,000 | 500'],
    ['another arrival model', { load: { ...memory.load, model: 'constant 2000/s' } }, 'load arrivals: '],
    ['another payload', { load: { ...memory.load, payloadBytes: 9_999 } }, 'load payload: '],
    ['another driver', { load: { ...memory.load, driver: 'ws' } }, 'instrument driver: '],
    ['another length', { durationMs: (memory.durationMs ?? 0) * 2 }, 'load length: '],
    ['other faults', { faults: [] }, 'faults faults: '],
    ['another letitcrash', { environment: { ...memory.environment, letitcrash: '9.9.9' } }, 'instrument letitcrash: '],
    ['a profiler', { profiledWith: 'heap' }, 'instrument profiler: none | heap'],
    [
      'processors that others took',
      { environment: { ...memory.environment, stealShare: 0.12 } },
      'run processor time taken by other guests: no | 12%',
    ],
    [
      'an invalid run',
      { verdict: 'invalid', reasons: ['the generator was late'] },
      'run invalid or unknown: no | invalid: the generator was late',
    ],
    ['a closed loop', { load: { ...memory.load, loop: 'closed' } }, 'instrument loop: open | closed'],
    [
      'another tool',
      { measuredBy: { tool: 'k6', caveats: [], imported: null, figures: [] } },
      'instrument measured by: letitcrash | k6',
    ],
  ])('are not compared where something forbids it: %s', (_, over, condition) => {
    const diff = diffOf(example, { ...memory, ...over });
    expect(diff.comparable).toBe('no');
    expect(conditionsOf(diff, 'forbids')).toEqual(expect.arrayContaining([expect.stringContaining(condition)]));
    expect(diff.says[0]).toMatch(/^these figures cannot be compared/);
    expect(diff.figures.every(({ ratio }) => ratio === null)).toBe(true);
    expect(diff.judging.needed).toEqual([]);
  });

  test('are not two if they are the same run, or one file imported twice', () => {
    expect(conditionsOf(diffOf(example, example), 'forbids')).toEqual([expect.stringContaining('run the run')]);
    expect(conditionsOf(diffOf(imported(), imported({ startedAt: '2026-01-01T00:00:00.000Z' })), 'forbids')).toHaveLength(1);
  });

  test('mention once that one server has more nodes, and name faults in words', () => {
    const nodes = (result: Result, count: number): Result => ({
      ...result,
      target: { ...result.target, nodes: count, config: { ...result.target.config, nodes: count } },
    });
    const [fault] = example.faults;
    if (fault === undefined) throw new Error('the example has no fault');
    const struck = (at: string): Result['faults'] => [
      { ...fault, kind: 'kill-node', requested: { at, target: 'random', count: 1 } },
    ];
    const diff = diffOf({ ...nodes(example, 1), faults: struck('2 s') }, { ...nodes(memory, 3), faults: struck('4 s') });
    expect(diff.conditions.filter(({ name }) => name === 'nodes').map(({ a, b }) => [a, b])).toEqual([['1', '3']]);
    expect(diff.conditions.find(({ name }) => name === 'faults')).toMatchObject({
      a: 'kill-node (at 2 s, target random, count 1)',
      b: 'kill-node (at 4 s, target random, count 1)',
    });
  });

  test('with faults that differ only late in a long list differ', () => {
    const many = (last: string): Result['faults'] =>
      Array.from({ length: 40 }, (_, index) => ({
        ...(example.faults[0] as Result['faults'][number]),
        requested: { at: `${index} s`, for: index === 39 ? last : '1 s' },
      }));
    const diff = diffOf({ ...example, faults: many('1 s') }, { ...memory, faults: many('2 s') });
    expect(conditionsOf(diff, 'forbids')).toEqual([expect.stringMatching(/^faults faults: .{100,310} \| .{100,310}$/)]);
  });

  test('show the figures of a tool in the unit of each statistic', () => {
    const tool = imported().measuredBy;
    if (tool === null) throw new Error('the example was not imported');
    const figures = [
      { name: 'http_req_duration', unit: 'ms', values: { count: 1000, max: 300 } },
      { name: 'data_received', unit: 'bytes', values: { count: 50_000, rate: 5000 } },
    ];
    const given = (sha256: string) => imported({ measuredBy: { ...tool, figures }, scenario: { ...again.scenario, sha256 } });
    const diff = diffOf(given('12'.repeat(32)), given('34'.repeat(32)));
    const texts = diff.figures.filter(({ kind }) => kind === 'tool').map((one) => [one.name, figureText(one, 'a')]);
    expect(Object.fromEntries(texts)).toEqual({
      'http_req_duration count': '1,000',
      'http_req_duration max': '300 ms',
      'data_received count': '50,000 B',
      'data_received rate': '5,000 B/s',
    });
  });

  test('leave unknown what a run does not say: no zero, no machine, no ledger of a tool that keeps none', () => {
    const [a, b] = [imported(), imported({ scenario: { ...again.scenario, sha256: '34'.repeat(32) } })];
    const diff = diffOf(a, b);
    expect(diff.comparable).toBe('unknown');
    expect(diff.a).toMatchObject({ measuredBy: 'k6', fingerprint: null, target: { name: null, version: null, nodes: null } });
    expect(conditionsOf(diff, 'unknown')).toEqual(
      expect.arrayContaining(['machine machine: null | null', 'load users: null | null', 'target version: null | null']),
    );
    expect(diff.says[0]).toMatch(/^whether these figures may be compared is unknown: .*machine/);
    for (const name of ['delivery.lost', 'errors', 'load.reconnects', 'load.connections'])
      expect(figure(diff, name)).toBeUndefined();
  });

  test('of one tool have its own figures under its own names; runs of two tools do not', () => {
    const other = imported({
      scenario: { ...again.scenario, sha256: '34'.repeat(32) },
      measuredBy: {
        tool: 'k6',
        caveats: [],
        imported: null,
        figures: [{ name: 'http_req_duration', unit: 'ms', values: { 'p(95)': 45 } }],
      },
    });
    const diff = diffOf(imported(), other);
    expect(figure(diff, 'http_req_duration p(95)')).toMatchObject({ kind: 'tool', unit: 'ms', a: 30, b: 45, ratio: 1.5 });
    expect(figure(diff, 'http_req_duration max')).toMatchObject({ a: 300, b: null, ratio: null });
    const autocannon = imported({ ...other, measuredBy: { tool: 'autocannon', caveats: [], imported: null, figures: [] } });
    expect(diffOf(imported(), autocannon).figures.some(({ kind }) => kind === 'tool')).toBe(false);
  });

  test('give no figure of an invalid run, and no ratio below the resolution of the measurement', () => {
    const invalid = diffOf(example, { ...memory, verdict: 'invalid', reasons: ['late'] });
    expect(figure(invalid, 'response.p99')).toMatchObject({ a: example.latency.response?.p99Us, b: null });
    expect(invalid.curves.b).toBeNull();
    const coarse = (p50Us: number): Result => {
      const { response } = memory.latency;
      if (response === null) throw new Error('the example changed');
      return {
        ...memory,
        load: { ...memory.load, resolutionUs: 1_000 },
        latency: { ...memory.latency, response: { ...response, p50Us } },
      };
    };
    const within = diffOf({ ...coarse(1_000), startedAt: 'x' }, coarse(2_000));
    expect(figure(within, 'response.p50')).toMatchObject({ a: 1_000, b: 2_000, resolution: 1_000, ratio: null });
    expect(figure(diffOf({ ...coarse(1_000), startedAt: 'x' }, coarse(9_000)), 'response.p50')?.ratio).toBe(9);
  });
});
