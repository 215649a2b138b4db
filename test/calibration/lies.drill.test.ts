/** The harness catches lies: each is a violation of its own property, with the exact count, and of no other. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../harness/evidence/result/result.ts';
import { deliveryProperties } from '../../reports/properties.ts';
import { calibrate, scenarioOf } from './calibrate.ts';

/** 600 messages in all. */
const MESSAGES = 600;

function broken(result: Result): Record<string, number | null> {
  return Object.fromEntries(
    deliveryProperties(result)
      // Nobody watches anybody here, so that presence stays unknown.
      .filter(({ state, key }) => state !== 'kept' && key !== 'presenceWrong')
      .map(({ key, violations }) => [key, violations]),
  );
}

describe('the harness', () => {
  it('passes an honest server, with every message accounted for', async () => {
    const result = await calibrate({ server: {} });
    expect(result.reasons).toEqual([]);
    expect(result.verdict).toBe('pass');
    expect(result.delivery).toMatchObject({
      attempted: MESSAGES,
      acked: MESSAGES,
      expected: MESSAGES,
      delivered: MESSAGES,
      failed: 0,
      indeterminate: 0,
      duplicatesWire: 0,
    });
    expect(broken(result)).toEqual({});
  });

  it.each([
    ['drops one acknowledged message in a hundred', { dropEvery: 100 }, { lost: 6 }],
    ['delivers one message in a hundred twice', { duplicateEvery: 100 }, { duplicatesVisible: 6 }],
    ['delivers one message in a hundred to somebody else', { misdeliverEvery: 100 }, { misdelivered: 6 }],
    ['damages one message in a hundred', { corruptEvery: 100 }, { corrupted: 6 }],
  ])('fails a server that %s, under the right property and with the exact count', async (_, server, expected) => {
    const result = await calibrate({ server });
    expect(result.verdict).toBe('fail');
    expect(broken(result)).toEqual(expected);
    expect(result.delivery?.acked).toBe(MESSAGES);
    expect(result.delivery?.evidence.map(({ property }) => property)).toEqual(
      Array.from({ length: 6 }, () => Object.keys(expected)[0]),
    );
  });

  it('fails a server that gives a message the number of the one before it, and says that it arrived and was hidden', async () => {
    const result = await calibrate({ server: { hideEvery: 100 } });
    expect(result.verdict).toBe('fail');
    expect(broken(result)).toEqual({ hidden: 6 });
    expect(result.delivery).toMatchObject({ acked: MESSAGES, lost: 0, pending: 0, hidden: 6, delivered: MESSAGES - 6 });
    expect(result.reasons[0]).toMatch(/^hidden: 6 × acknowledged message that arrived with a number not above the cursor/);
    expect(result.load.driverViolations).toEqual([]);
    const hidden = (result.delivery?.evidence ?? []).filter(({ property }) => property === 'hidden');
    expect(hidden).toHaveLength(6);
    for (const { message } of hidden) {
      const [, seq, cursor] =
        /arrived at .* with seq (\d+), not above the cursor (\d+), so it was never shown/.exec(message) ?? [];
      expect(Number(seq), message).toBeLessThanOrEqual(Number(cursor));
    }
  });

  it('fails a server that swaps two messages of a pair, and finds nothing else wrong', async () => {
    // Few enough pairs that each message held back is soon overtaken.
    const result = await calibrate({ server: { reorderEvery: 110 }, users: 4, load: { contacts: 1 } });
    expect(result.verdict).toBe('fail');
    expect(broken(result)).toEqual({ reordered: 5 });
  });

  it('fails a server that sends receipts before the fact', async () => {
    const result = await calibrate({ server: { earlyReceiptEvery: 50 }, load: { receipts: '100%' } });
    expect(result.verdict).toBe('fail');
    expect(broken(result)).toEqual({ receiptsEarly: MESSAGES / 50 });
  });

  it('ends with exit code 1 on the command line, and says which property was broken', () => {
    const folder = mkdtempSync(join(tmpdir(), 'letitcrash-calibration-'));
    try {
      const scenario = join(folder, 'lies.json');
      writeFileSync(scenario, JSON.stringify(scenarioOf({ server: { dropEvery: 200 } })));
      const cli = new URL('../../harness/front/cli/letitcrash.js', import.meta.url).pathname;
      const { status, stdout } = spawnSync(process.execPath, [cli, 'run', scenario, '--json', '--out', join(folder, 'run')], {
        encoding: 'utf8',
      });
      expect(status).toBe(1);
      const result = JSON.parse(stdout) as Result;
      expect(result.verdict).toBe('fail');
      expect(result.delivery?.lost).toBe(3);
      expect(result.reasons[0]).toContain('lost');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
