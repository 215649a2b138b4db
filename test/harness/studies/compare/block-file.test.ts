import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBlockFile } from '../../../../harness/studies/compare/block-file.ts';
import type { ComparisonHeader, PlayedBlock } from '../../../../harness/studies/compare/played-block.ts';
import { syntheticBlocks } from './synthetic-blocks.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letitcrash-blocks-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const header: ComparisonHeader = {
  kind: 'comparison',
  coins: 'pairs',
  startedAt: '2026-11-24T12:00:00.000Z',
  seed: 7,
  a: { label: 'x', plan: 'p' },
  b: { label: 'y', plan: 'q' },
  metrics: ['response.p50', 'rate'],
};
const [one, two] = syntheticBlocks(1, 2).map(
  ({ runs }): PlayedBlock => ({
    kind: 'block',
    block: { order: 'ABBA', invalid: [], runs },
    tookMs: 20_000,
    runs: runs.map(() => ({ response: [[690, 12]], broken: [] })),
    targets: { a: null, b: null },
  }),
) as [PlayedBlock, PlayedBlock];

describe('the blocks of a comparison', () => {
  test('are read again when it is continued: only complete blocks, with the time at which it began', async () => {
    const file = await openBlockFile(folder, header);
    expect(file.blocks).toEqual([]);
    await file.append(one);
    await file.append(two);
    const path = join(folder, 'blocks.ndjson');
    await appendFile(path, '{"kind":"block","blo');
    const again = await openBlockFile(folder, { ...header, startedAt: 'later' });
    expect(again.blocks).toEqual([one, two]);
    expect(again.startedAt).toBe(header.startedAt);
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(4);
  });

  test.each<[Partial<ComparisonHeader>, RegExp]>([
    [{ seed: 8 }, /its seed is 7, not 8/],
    [{ b: { label: 'z', plan: 'q' } }, /its B is y, not z/],
    [{ a: { label: 'x', plan: 'changed' } }, /its A has a different plan/],
    [{ metrics: ['response.p99'] }, /did not measure response\.p99/],
  ])('of another comparison are refused: %j', async (change, why) => {
    await (await openBlockFile(folder, header)).append(one);
    await expect(openBlockFile(folder, { ...header, ...change })).rejects.toThrow(why);
  });

  test('are not read from anything else that lies there', async () => {
    await writeFile(join(folder, 'blocks.ndjson'), '{"kind":"comparison"}\n');
    await expect(openBlockFile(folder, header)).rejects.toThrow(/was not written by this version/);
    expect(await readFile(join(folder, 'blocks.ndjson'), 'utf8')).toBe('{"kind":"comparison"}\n');
  });
});
