import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profileSchema } from '../../../../harness/evidence/result/profile.ts';
import { type CallNode, type CpuProfile, cpuTree, heapTree } from '../../../../harness/run/profile/call-tree.ts';
import { foldedStacks } from '../../../../harness/run/profile/folded-stacks.ts';
import { placeOf } from '../../../../harness/run/profile/place.ts';

const ROOT = '/home/somebody/project';

function call(functionName: string, own: number, children: readonly CallNode[] = [], url = `file://${ROOT}/app.ts`): CallNode {
  return { frame: { functionName, url, lineNumber: 0, columnNumber: 0 }, own, children };
}

const fold = (...children: readonly CallNode[]) =>
  foldedStacks(call('(root)', 0, children, ''), { unit: 'us', samples: 1, root: ROOT });

const named = ({ functions, tree }: ReturnType<typeof fold>) =>
  tree.map(([caller, fn, own]) => [caller, functions[fn]?.name, own]);

/** Random trees of five functions. */
const { node: trees } = fc.letrec<{ node: CallNode }>((tie) => ({
  node: fc
    .tuple(
      fc.constantFrom('a', 'b', 'c', 'd', '(idle)'),
      fc.nat(10_000),
      fc.oneof({ depthSize: 'small' }, fc.constant([]), fc.array(tie('node'), { maxLength: 4 })),
    )
    .map(([name, own, children]) => call(name, own, children)),
}));

describe('folded stacks', () => {
  it('merge calls of one function on one path, callers first and the heavier callee first', () => {
    const stacks = fold(call('a', 100, [call('b', 200), call('c', 5_000), call('b', 300)]), call('a', 50));
    expect(named(stacks)).toEqual([
      [-1, 'a', 150],
      [0, 'c', 5_000],
      [0, 'b', 500],
    ]);
    expect(stacks.total).toBe(5_650);
  });

  it('keep idle time apart', () => {
    const stacks = fold(call('(idle)', 900, [], ''), call('work', 100));
    expect([stacks.idle, stacks.total, named(stacks)]).toEqual([900, 100, [[-1, 'work', 100]]]);
  });

  it('count a function that calls itself once', () => {
    const { hottest, functions } = fold(call('f', 1, [call('f', 2, [call('g', 4)])]));
    expect(hottest.map(([fn, own, total]) => [functions[fn]?.name, own, total])).toEqual([
      ['g', 4, 4],
      ['f', 3, 7],
    ]);
  });

  it('merge branches too small to be seen, and lose nothing of them', () => {
    const small = Array.from({ length: 10 }, (_, index) => call(`small${index}`, 1));
    const stacks = fold(call('main', 100_000, small));
    expect(named(stacks)).toEqual([
      [-1, 'main', 100_000],
      [0, '(smaller ones)', 10],
    ]);
  });

  it('contain all of the weight, whatever was called, and stay bounded and valid', () => {
    fc.assert(
      fc.property(fc.array(trees, { maxLength: 5 }), (children) => {
        const stacks = fold(...children);
        expect(stacks.tree.reduce((sum, [, , own]) => sum + own, 0)).toBe(stacks.total);
        for (const [index, [caller]] of stacks.tree.entries()) expect(caller).toBeLessThan(index);
        expect(profileSchema.shape.stacks.safeParse(stacks).success).toBe(true);
      }),
    );
    const wide = fold(...Array.from({ length: 5_000 }, (_, index) => call(`f${index}`, 10)));
    expect(wide.tree.length).toBeLessThanOrEqual(1_501);
  });
});

describe('what V8 reports', () => {
  const frame = (functionName: string) => ({ functionName, url: '', lineNumber: -1, columnNumber: -1 });

  it('about CPU: a sample lasts until the next one, the last until the end', () => {
    const profile: CpuProfile = {
      nodes: [
        { id: 1, callFrame: frame('(root)'), children: [2, 3] },
        { id: 2, callFrame: frame('a') },
        { id: 3, callFrame: frame('b') },
      ],
      startTime: 1_000,
      endTime: 2_000,
      samples: [2, 3, 2],
      timeDeltas: [100, 200, 300],
    };
    expect(cpuTree(profile).children.map(({ frame: { functionName }, own }) => [functionName, own])).toEqual([
      ['a', 200 + (2_000 - 1_600)],
      ['b', 300],
    ]);
  });

  it('about the heap: bytes for each call', () => {
    const head = { callFrame: frame('(root)'), selfSize: 0, children: [{ callFrame: frame('a'), selfSize: 7, children: [] }] };
    expect(heapTree({ head, samples: [] }).children[0]?.own).toBe(7);
  });
});

describe('a place', () => {
  it.each([
    [`file://${ROOT}/targets/main.ts`, 11, 'targets/main.ts:12'],
    [`${ROOT}/common.cjs`, 0, 'common.cjs:1'],
    [`file://${ROOT}/node_modules/ws/lib/sender.js`, 6, 'node_modules/ws/lib/sender.js:7'],
    ['file:///elsewhere/a/b/c/server%20two.ts', 1, '…/b/c/server two.ts:2'],
    ['file:///a/100%.ts', 1, '/a/100%.ts:2'],
    ['node:net', 399, 'node:net:400'],
    ['', -1, ''],
  ])('of %s, line %i, is %j', (url, lineNumber, place) => {
    expect(placeOf({ url, lineNumber }, ROOT)).toBe(place);
  });
});
