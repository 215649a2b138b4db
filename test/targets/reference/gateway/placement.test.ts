import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { betterNode, type Peer } from '../../../../targets/reference/gateway/placement.ts';

const peer = (name: string, connections: number, state: Peer['state'] = 'ready'): Peer => ({
  name,
  host: `127.0.1.${name}`,
  port: 7_000,
  connections,
  state,
});
/** Every other node, as node `at` sees it. */
const others = (loads: readonly number[], at: number): Peer[] =>
  loads.map((load, index) => peer(String(index), load)).filter(({ name }) => name !== String(at));

describe('a client is sent to the least loaded peer', () => {
  test('if this node has clearly more connections', () => {
    expect(betterNode(141, [peer('2', 100), peer('3', 120)])?.name).toBe('2');
    expect(betterNode(21, [peer('2', 0)])?.name).toBe('2');
  });

  test('but not if it has only slightly more', () => {
    expect(betterNode(140, [peer('2', 100), peer('3', 120)])).toBeNull();
    expect(betterNode(20, [peer('2', 0)])).toBeNull();
  });

  test('and to the first of several, but to none that drains', () => {
    expect(betterNode(100, [peer('2', 0, 'draining'), peer('3', 5), peer('4', 5)])?.name).toBe('3');
    expect(betterNode(100, [peer('2', 0, 'draining')])).toBeNull();
    expect(betterNode(100, [])).toBeNull();
  });
});

const loads = fc.array(fc.nat({ max: 5_000 }), { minLength: 2, maxLength: 6 });

/** Places a client that comes to node `at`, as often as it is sent on; returns the nodes it saw, the last of which serves it. */
function place(state: number[], at: number): number[] {
  const seen = [at];
  for (let node = at; seen.length <= state.length; ) {
    const better = betterNode(state[node] as number, others(state, node));
    if (better === null) break;
    node = Number(better.name);
    seen.push(node);
  }
  const node = seen.at(-1) as number;
  state[node] = (state[node] as number) + 1;
  return seen;
}

const withinBand = (state: readonly number[], slack: number): boolean =>
  Math.max(...state) <= 1.2 * Math.min(...state) + 20 + slack;

test('no client is moved twice, although nobody tells the second node that it was moved', () => {
  fc.assert(
    fc.property(loads, fc.nat(), (state, pick) => {
      expect(place([...state], pick % state.length).length).toBeLessThanOrEqual(2);
    }),
  );
});

test('balanced nodes stay balanced, wherever the clients arrive', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 6 }), fc.array(fc.nat(), { maxLength: 2_000 }), (nodes, arrivals) => {
      const state = new Array<number>(nodes).fill(0);
      for (const arrival of arrivals) {
        place(state, arrival % nodes);
        expect(withinBand(state, 1), `${state}`).toBe(true);
      }
    }),
    { numRuns: 30 },
  );
});

test('unbalanced nodes become balanced by the clients that return, even if all of them go to the fullest node', () => {
  fc.assert(
    fc.property(loads, (given) => {
      const state = [...given];
      const total = state.reduce((sum, load) => sum + load, 0);
      // One client at a time leaves the fullest node and knocks there again.
      for (let step = 0; step < total && !withinBand(state, 0); step++) {
        const fullest = state.indexOf(Math.max(...state));
        state[fullest] = (state[fullest] as number) - 1;
        place(state, fullest);
      }
      expect(withinBand(state, 1), `${given} became ${state}`).toBe(true);
      expect(state.reduce((sum, load) => sum + load, 0)).toBe(total);
    }),
    { numRuns: 50 },
  );
});

test('loads that are old by a tick mislead by no more than what arrives in a tick', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 5 }),
      fc.integer({ min: 1, max: 200 }),
      fc.array(fc.nat(), { maxLength: 1_500 }),
      (nodes, tick, arrivals) => {
        const state = new Array<number>(nodes).fill(0);
        let told = [...state];
        arrivals.forEach((arrival, index) => {
          if (index % tick === 0) told = [...state];
          const at = arrival % nodes;
          const better = betterNode(state[at] as number, others(told, at));
          const node = better === null ? at : Number(better.name);
          state[node] = (state[node] as number) + 1;
          expect(withinBand(state, tick), `${state} after ticks of ${tick}`).toBe(true);
        });
      },
    ),
    { numRuns: 30 },
  );
});
