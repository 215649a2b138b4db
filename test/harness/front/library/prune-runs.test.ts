import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pruneRuns } from '../../../../harness/front/library/prune-runs.ts';

let runs: string;

beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'letitcrash-prune-'));
});
afterEach(() => {
  rmSync(runs, { recursive: true });
});

function put(folder: string, ...more: readonly string[]): void {
  mkdirSync(join(runs, folder, 'logs'), { recursive: true });
  for (const file of ['result.json', 'report.html', 'logs/n1-1.log', ...more]) writeFileSync(join(runs, folder, file), '12345');
}

const NOW = Date.UTC(2026, 10, 30);
const prune = (change: Partial<Parameters<typeof pruneRuns>[0]> = {}) =>
  pruneRuns({ runs, keep: 0, olderThanMs: 0, nowMs: NOW, dryRun: false, ...change });
const day = (date: string): string => `202611${date}-120000-quickstart-reference`;

describe('pruning old runs', () => {
  it('removes runs beyond the newest that are of the age asked for, and says how much space that is', async () => {
    for (const date of ['01', '10', '20', '29']) put(day(date));
    expect(await prune({ keep: 1, olderThanMs: 15 * 86_400_000 })).toEqual([
      { folder: day('29'), outcome: 'stays', why: 'one of the newest 1', bytes: 0 },
      { folder: day('20'), outcome: 'stays', why: 'not old enough', bytes: 0 },
      { folder: day('10'), outcome: 'gone', why: null, bytes: 15 },
      { folder: day('01'), outcome: 'gone', why: null, bytes: 15 },
    ]);
    expect([day('29'), day('20'), day('10'), day('01')].map((name) => existsSync(join(runs, name)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('touches nothing in a dry run', async () => {
    put(day('01'));
    expect(await prune({ dryRun: true })).toEqual([{ folder: day('01'), outcome: 'would-go', why: null, bytes: 15 }]);
    expect(existsSync(join(runs, day('01'), 'logs', 'n1-1.log'))).toBe(true);
  });

  it.each([
    ['that somebody named', 'baseline', []],
    ['that is marked', day('01'), ['keep']],
    ['that has a file of somebody else', day('01'), ['notes.txt']],
    ['whose run goes on', day('01'), ['journal.ndjson']],
  ] as const)('keeps a folder %s', async (_, folder, more) => {
    put(folder, ...more);
    expect(await prune()).toMatchObject([{ folder, outcome: 'stays' }]);
    expect(existsSync(join(runs, folder, 'result.json'))).toBe(true);
  });

  it('does not count a folder that somebody named among the newest ones that stay', async () => {
    put('baseline');
    put(day('28'));
    put(day('29'));
    expect((await prune({ keep: 1 })).filter(({ outcome }) => outcome === 'gone')).toMatchObject([{ folder: day('28') }]);
  });

  it('passes over everything that is not a run, files and links', async () => {
    mkdirSync(join(runs, '20260101-000000-photos'));
    writeFileSync(join(runs, '20260101-000000-photos', 'cat.jpg'), '');
    writeFileSync(join(runs, 'index.html'), '');
    const elsewhere = mkdtempSync(join(tmpdir(), 'letitcrash-elsewhere-'));
    writeFileSync(join(elsewhere, 'result.json'), '{}');
    symlinkSync(elsewhere, join(runs, day('02')));
    expect(await prune()).toEqual([]);
    expect(existsSync(join(elsewhere, 'result.json'))).toBe(true);
    rmSync(elsewhere, { recursive: true });
  });
});
