import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { FaultRecord } from '../../../../../../harness/run/faults/interpreter.ts';
import { packetLoss } from '../../../../../../harness/run/faults/kinds/network/packet-loss.ts';
import { lossRules } from '../../../../../../harness/run/faults/network/nft.ts';
import { requirement } from '../../../../../../harness/run/faults/requirements.ts';

const SCRIPT = fileURLToPath(new URL('../../network/lossy-arena.ts', import.meta.url));
const absent = (await Promise.all((['arena', 'nft'] as const).map((name) => requirement(name).probe()))).find(({ met }) => !met);

interface Outcome {
  readonly records: readonly FaultRecord[];
  readonly tables: readonly string[];
  /** Share of datagrams that arrived meanwhile between addresses that were not meant. */
  readonly spared: number;
}

/** Plays packet-loss with each of these settings, one after the other, in an arena. */
async function playInArena(...settings: readonly object[]): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, JSON.stringify(settings)], { timeout: 60_000 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Outcome;
}

describe.skipIf(absent !== undefined)('packet-loss in an arena', () => {
  it.each([
    ['20%', 0.2],
    ['2%', 0.02],
  ])('drops %s of the packets between the nodes and no others, and none once it is undone', async (loss, share) => {
    const { records, tables, spared } = await playInArena({ loss, links: 'mesh' });
    expect(records[0]).toMatchObject({ verified: true });
    const measured = Number(/datagrams ([\d.]+)% were lost/.exec(records[0]?.evidence[1] ?? '')?.[1]) / 100;
    expect(measured).toBeGreaterThan(share / 2);
    expect(measured).toBeLessThan(share * 1.5);
    expect(records[0]?.evidence[2]).toContain('the filter is gone; 0.00% of the datagrams were lost');
    expect(spared).toBe(1);
    expect(tables).toEqual([]);
  });
});

describe('packet-loss', () => {
  it('does nothing outside an arena, where the filter belongs to the machine', async () => {
    const inject = packetLoss.inject({ loss: 0.1, links: 'clients' }, {} as never);
    await expect(inject).rejects.toThrow('only be dropped in an arena');
  });

  it('counts what it drops in a table of its own', () => {
    expect(lossRules('mine', 0.015, [{ from: '127.0.1.1', to: '127.0.1.2' }])).toBe(
      [
        'table ip mine {',
        '  chain input {',
        '    type filter hook input priority 0; policy accept;',
        '    ip saddr 127.0.1.1 ip daddr 127.0.1.2 numgen random mod 100000 < 1500 counter drop',
        '  }',
        '}',
        '',
      ].join('\n'),
    );
  });
});
