import { describe, expect, it } from 'vitest';
import { type Movable, nextMovable, STAY_MS } from '../../../../targets/reference/gateway/movable.ts';

const connection = (openedMs: number, phase = 'open'): Movable => ({ openedMs, phase });

describe('the clients that a node would prefer to move', () => {
  it('are those that signed in some time ago, each named once before any is named again', () => {
    const all = Array.from({ length: 5 }, () => connection(0));
    const connections = new Set([...all, connection(STAY_MS), connection(0, 'closed')]);
    const named = [2, 2, 1].flatMap((count) => nextMovable(connections, count, STAY_MS + 1));
    expect(new Set(named)).toEqual(new Set(all));
    expect(named).toHaveLength(5);
    expect(nextMovable(connections, 2, STAY_MS + 1)).toEqual(all.slice(0, 2));
    expect(connections.size).toBe(7);
  });

  it('are as many as there are, and none twice in one turn', () => {
    const connections = new Set([connection(0), connection(0)]);
    expect(nextMovable(connections, 10, STAY_MS)).toHaveLength(2);
    expect(nextMovable(new Set<Movable>(), 10, STAY_MS)).toEqual([]);
  });
});
