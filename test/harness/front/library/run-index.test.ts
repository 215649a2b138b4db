import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runIndexSchema } from '../../../../harness/evidence/result/run-index.ts';
import { writeComparisonReports } from '../../../../harness/front/library/comparison-files.ts';
import { writeExplorationReports, writeReplayReports } from '../../../../harness/front/library/exploration-files.ts';
import { writeHistoryReports } from '../../../../harness/front/library/history-files.ts';
import { pruneRuns } from '../../../../harness/front/library/prune-runs.ts';
import { writeReports } from '../../../../harness/front/library/report-files.ts';
import { readRunIndex, writeRunIndex } from '../../../../harness/front/library/run-index.ts';
import { addToHistory } from '../../../../harness/studies/history/history-file.ts';
import { exampleComparison } from '../../../reports/example-comparison.ts';
import { cleanExploration, exampleReplay } from '../../../reports/example-exploration.ts';
import { exampleEntries, exampleHistory } from '../../../reports/example-history.ts';
import { brokenResult, exampleResult } from '../../../reports/example-result.ts';

let place: string;
let runs: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'letitcrash-index-'));
  runs = join(place, 'runs');
});
afterEach(() => {
  rmSync(place, { recursive: true });
});

function put(folder: string, document: string, content: unknown): string {
  const path = join(runs, folder);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, document), JSON.stringify(content));
  return path;
}

const indexOf = (folder: string) => runIndexSchema.parse(JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')));

describe('the index of runs', () => {
  it('is rewritten with the reports of whatever ended, newest first, with verdict, time, scenario and figures', async () => {
    const failed = { ...brokenResult(), startedAt: '2026-11-02T10:00:00.000Z' };
    await writeReports(failed, put('20261102-100000-quickstart-reference', 'result.json', failed));
    const comparison = { ...exampleComparison(), startedAt: '2026-11-04T10:00:00.000Z' };
    await writeComparisonReports(comparison, put('20261104-100000-compare-reference', 'comparison.json', comparison));
    const exploration = { ...cleanExploration(), startedAt: '2026-11-03T10:00:00.000Z' };
    await writeExplorationReports(exploration, put('20261103-100000-explore-calibrated', 'exploration.json', exploration));
    const replay = { ...exampleReplay(), startedAt: '2026-11-05T10:00:00.000Z' };
    await writeReplayReports(replay, put('20261105-100000-replay-found-1', 'replay.json', replay));

    const { entries, older, unreadable } = indexOf(runs);
    expect({ older, unreadable }).toEqual({ older: 0, unreadable: [] });
    expect(entries.map(({ kind, verdict, state, page }) => ({ kind, verdict, state, page }))).toEqual([
      { kind: 'replay', verdict: 'Broken', state: 'bad', page: 'report.html' },
      { kind: 'comparison', verdict: 'Regressed', state: 'bad', page: 'report.html' },
      { kind: 'exploration', verdict: 'Nothing found', state: 'good', page: 'report.html' },
      { kind: 'run', verdict: 'Fail', state: 'bad', page: 'report.html' },
    ]);
    expect(entries[3]).toMatchObject({ name: 'quickstart', startedAt: failed.startedAt });
    expect(entries[3]?.figures.find(({ name }) => name === 'lost')).toMatchObject({ value: 48 });
    const page = readFileSync(join(runs, 'index.html'), 'utf8');
    expect(page).toContain('href="20261102-100000-quickstart-reference/report.html"');
    expect(readdirSync(runs).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('is written for a folder called runs, or one that has an index, and nowhere else', async () => {
    const result = exampleResult();
    const elsewhere = join(place, 'elsewhere');
    mkdirSync(join(elsewhere, 'one'), { recursive: true });
    await writeReports(result, join(elsewhere, 'one'));
    expect(readdirSync(elsewhere)).toEqual(['one']);
    await writeRunIndex(elsewhere);
    writeFileSync(join(elsewhere, 'one', 'result.json'), JSON.stringify(result));
    await writeReports(result, join(elsewhere, 'one'));
    expect(indexOf(elsewhere).entries).toHaveLength(1);

    // The runs of a comparison's blocks are its own affair.
    put('compared', 'request.json', {});
    const block = join(runs, 'compared', 'runs', 'block-1-a');
    mkdirSync(block, { recursive: true });
    await writeReports(result, block);
    expect(readdirSync(join(runs, 'compared', 'runs'))).toEqual(['block-1-a']);
  });

  it("leaves somebody else's index.html untouched, and says so to whoever asks for the index", async () => {
    const folder = put('one', 'result.json', exampleResult());
    writeFileSync(join(runs, 'index.html'), '<h1>mine</h1>');
    await writeReports(exampleResult(), folder);
    expect(readFileSync(join(runs, 'index.html'), 'utf8')).toBe('<h1>mine</h1>');
    expect(await writeRunIndex(runs)).toMatch(/index\.html: was not written by letitcrash and was not changed/);
  });

  it('has the history that lies beside the folder, with its page, and a history elsewhere only if that is a run folder', async () => {
    put('20261102-100000-quickstart-reference', 'result.json', { ...exampleResult(), startedAt: '2020-01-01T00:00:00.000Z' });
    for (const folder of ['history', 'old-history']) await addToHistory(join(place, folder), exampleEntries());
    await writeHistoryReports(exampleHistory(), join(place, 'history'));
    const written = await writeRunIndex(runs);
    if (typeof written === 'string') throw new Error(written);
    const { entries } = written.index;
    expect(entries.map(({ folder, kind, page }) => ({ folder, kind, page }))).toEqual([
      { folder: '../history', kind: 'trend', page: 'trend.html' },
      { folder: '20261102-100000-quickstart-reference', kind: 'run', page: null },
    ]);
    const page = readFileSync(written.page, 'utf8');
    expect(page).toContain('href="../history/trend.html"');
    expect(page).not.toContain('old-history');
    expect(readFileSync(join(runs, '../history/trend.html'), 'utf8')).toContain('<title>');
    // It is nobody's run: it is listed, and never among the folders that may be pruned.
    expect(await pruneRuns({ runs, keep: 0, olderThanMs: 0, nowMs: Date.now(), dryRun: true })).not.toContainEqual(
      expect.objectContaining({ folder: '../history' }),
    );
  });

  it('reads a document again only if it has changed', async () => {
    put('one', 'result.json', exampleResult());
    const before = await readRunIndex(runs);
    // As if it had been read: only an entry that is taken over can still say so.
    const marked = { ...before, entries: before.entries.map((entry) => ({ ...entry, name: 'taken over' })) };
    expect((await readRunIndex(runs, marked)).entries[0]?.name).toBe('taken over');
    // As long as before, and newer.
    const path = put('one', 'result.json', { ...exampleResult(), scenario: { ...exampleResult().scenario, name: 'quickstarT' } });
    utimesSync(join(path, 'result.json'), 1_700_000_000, 1_700_000_000);
    expect((await readRunIndex(runs, marked)).entries[0]?.name).toBe('quickstarT');
  });

  it('passes over everything that is not a run, names what cannot be read, and follows no link', async () => {
    put('half', 'notes.txt', '');
    put('damaged', 'result.json', { schema: 'letitcrash.result/1' });
    const outside = join(place, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'result.json'), JSON.stringify(exampleResult()));
    symlinkSync(outside, join(runs, 'linked'));
    writeFileSync(join(runs, 'index.json'), 'not JSON');
    const { entries, unreadable } = await readRunIndex(runs);
    expect(entries).toEqual([]);
    expect(unreadable).toEqual([{ folder: 'damaged', why: expect.stringContaining('is not a result of this version') }]);
  });

  it('shows a folder by its document if its page was not built', async () => {
    put('bare', 'result.json', exampleResult());
    await writeRunIndex(runs);
    expect(readFileSync(join(runs, 'index.html'), 'utf8')).toContain('href="bare/result.json"');
  });

  it('shows runs that ended while it was being written', async () => {
    for (let run = 0; run < 5; run += 1) put(`20261101-100000-run-${run}`, 'result.json', exampleResult());
    const writing = writeRunIndex(runs);
    // Once its file is there, the folder has been looked at.
    while (!readdirSync(runs).some((name) => name.includes('index'))) await new Promise((resolve) => setImmediate(resolve));
    put('20261102-100000-late', 'result.json', exampleResult());
    await writing;
    expect(indexOf(runs).entries).toHaveLength(6);
  });
});
