import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../harness/evidence/stats/random.ts';
import { ARMS, orderOf, plantedFor } from './arms.ts';
import { changedSource, SETTINGS } from './candidate.ts';
import { readFull } from './full.ts';
import { gateOutcome, type JudgedBlock } from './gate-outcome.ts';
import { blocksOf, type RecordedRun, readRecording } from './recording.ts';
import { PAGE, reportOf } from './report.ts';
import { evidenceFor, readResampled } from './resample.ts';
import { readSimulated, simulatedPiece } from './simulate.ts';

const run = (block: number, place: number, arm: RecordedRun['arm'], cpu: number | null = 100): RecordedRun => {
  const values = { 'cpu.serverPerMessage': cpu };
  return { kind: 'run', block, place, arm, at: '', wallMs: 3_000, values, lagP99Us: 100, steal: 0, pressure: 0.1 };
};
const blockOf = (block: number, arms: readonly RecordedRun['arm'][]): RecordedRun[] =>
  arms.map((arm, place) => run(block, place, arm));

describe('the published figures', () => {
  it('agree with the data', () => {
    expect(readFileSync(PAGE, 'utf8')).toBe(reportOf(readSimulated(), readRecording(), readResampled(), readFull()));
  });

  it('are what the present judge says about the simulated noise', () => {
    const [piece] = readSimulated().filter(({ model, effect }) => model === 'spikes' && effect === '+10%');
    expect(piece).toBeDefined();
    if (piece === undefined) return;
    const { model, effect, gates, regressed, equivalent, blocks } = piece;
    expect(simulatedPiece(model, effect, piece.piece, gates)).toEqual({ gates, regressed, equivalent, blocks });
  });
});

describe('a recorded block', () => {
  it('plays every arm twice, in a random order that the second half reverses', () => {
    const orders = Array.from({ length: 50 }, (_, block) => orderOf('all', new Random(1, 'order', block)));
    for (const order of orders) {
      expect(order.toSorted()).toEqual([...ARMS, ...ARMS].sort());
      expect(order.toReversed()).toEqual(order);
    }
    expect(new Set(orders.map(([first]) => first)).size).toBe(ARMS.length);
    const same = Array.from({ length: 50 }, (_, block) => orderOf('same', new Random(1, 'order', block)).join(' '));
    expect(new Set(same)).toEqual(new Set(["A A' A' A", "A' A A A'"]));
  });

  it('counts if all of it was played', () => {
    const whole = blockOf(0, ['A', "A'", "A'", 'A']);
    const cut = blockOf(1, ["A'", 'A', 'A']);
    const torn = blockOf(2, ['A', "A'", 'A', "A'"]);
    const all = [...cut, ...torn, ...whole];
    expect(blocksOf({ sessions: [], runs: all }).map(({ block }) => block)).toEqual([0]);
  });

  it('that was begun anew counts as it was played then', () => {
    const first = blockOf(0, ['A', "A'", "A'"]);
    const again = blockOf(0, ['A', "A'", "A'", 'A']).map((each) => ({ ...each, wallMs: 1 }));
    const [block] = blocksOf({ sessions: [], runs: [...first, ...again] });
    expect(block?.runs.map(({ wallMs }) => wallMs)).toEqual([1, 1, 1, 1]);
  });

  it('is evidence for each of its arms separately, unless a run of that arm is not evidence', () => {
    const order = [...ARMS, ...ARMS.toReversed()];
    const runs = blockOf(0, order).map((each) =>
      each.arm === 'stall' ? { ...each, invalid: ['the generator was late'] } : each,
    );
    const blocks = blocksOf({ sessions: [], runs });
    const evidence = (arm: RecordedRun['arm']) => evidenceFor(blocks, { kind: 'arm', arm });
    expect(evidence('stall')).toEqual({ valid: [], recorded: 1 });
    expect(
      evidence('cpu+10%')
        .valid[0]?.runs.map(({ letter }) => letter)
        .toSorted(),
    ).toEqual(['A', 'A', 'B', 'B']);
    expect(evidence("A'")).toMatchObject({ recorded: 1, valid: { length: 1 } });
  });
});

it('a planted effect is a share of what the pilot measured', () => {
  const pilot = { cpuUsPerMessage: 240, bytesPerConnection: 10_000 };
  expect(plantedFor('A', pilot)).toBeNull();
  expect(plantedFor("A'", pilot)).toBeNull();
  expect(plantedFor('cpu+10%', pilot)).toEqual({ cpuUsPerMessage: 24 });
  expect(plantedFor('bytes+5%', pilot)).toEqual({ bytesPerConnection: 500 });
  expect(plantedFor('stall', pilot)).toEqual({ stallEvery: 100, stallMs: 1 });
});

describe('the candidate of a whole gate', () => {
  const source = readFileSync(SETTINGS, 'utf8');

  it('has one more comment, and nothing else', () => {
    expect(changedSource(source, null).replace(/\n\/\/ .*\n$/, '')).toBe(source);
  });

  it('has the effect planted at the place where its server reads its configuration', () => {
    const changed = changedSource(source, { cpuUsPerMessage: 24 });
    expect(changed).toContain('planted = {"cpuUsPerMessage":24}');
    expect(changed.replaceAll(' = {"cpuUsPerMessage":24}', '')).toBe(source);
  });

  it('is refused if its source reads the configuration in another way', () => {
    expect(() => changedSource('export {};', { cpuUsPerMessage: 24 })).toThrow('settings.ts: has no line');
  });
});

describe('a gate', () => {
  const blocks = (ratio: (block: number) => number): JudgedBlock[] =>
    Array.from({ length: 24 }, (_, block) => ({
      runs: ['A', 'B', 'B', 'A'].map((letter) => ({
        letter,
        values: { 'cpu.serverPerMessage': letter === 'B' ? 100 * ratio(block) : 100 },
      })) as unknown as JudgedBlock['runs'],
    }));
  const outcome = (ratio: (block: number) => number) => {
    const all = blocks(ratio);
    return gateOutcome((count) => all.slice(0, count));
  };

  it('stops at the first look that has the answer, and at the last that does not', () => {
    expect(outcome((block) => 1.2 + block / 1_000)).toEqual({
      verdict: 'regressed',
      blocks: 12,
      regressed: ['cpu.serverPerMessage'],
    });
    expect(outcome((block) => 1 + block / 10_000)).toMatchObject({ verdict: 'equivalent', blocks: 12, regressed: [] });
    expect(outcome((block) => (block % 2 === 0 ? 1.5 : 0.7) + block / 1_000)).toMatchObject({
      verdict: 'inconclusive',
      blocks: 24,
    });
  });
});
