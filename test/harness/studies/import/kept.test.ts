/** What an import leaves behind: nothing is overwritten, and the same content is the same run. */
import { readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { HistoryEntry } from '../../../../harness/evidence/result/history.ts';
import { importOutput, importOutputs } from '../../../../harness/front/library/import.ts';
import { historyEntry } from '../../../../harness/studies/history/entry.ts';
import { addToHistory, readHistory } from '../../../../harness/studies/history/history-file.ts';
import { importFolder, written } from './imported.ts';
import { exportedSummary } from './k6-summaries.ts';
import { autocannonOf2017 } from './other-outputs.ts';

const good = (ok: number) => ({ ...autocannonOf2017(), '2xx': ok });

/** Without an `outDir` runs lie in the working directory. */
function inFolder(): string {
  const [folder, before] = [importFolder(), process.cwd()];
  process.chdir(folder);
  onTestFinished(() => process.chdir(before));
  return folder;
}
const runsIn = (folder: string): string[] =>
  readdirSync(join(folder, 'runs'), { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []));

describe.sequential('an import', () => {
  test('of three files with the same name and second makes three runs, even at the same time', async () => {
    const folder = inFolder();
    const files = [901, 902, 903].map((ok) => written(good(ok), 'load.json', importFolder()));
    const outcomes = await Promise.all(files.map((file) => importOutput('autocannon', file)));
    expect(runsIn(folder)).toHaveLength(3);
    expect(new Set(outcomes.map(({ runDir }) => runDir)).size).toBe(3);
    const kept = outcomes.map(({ runDir }) => JSON.parse(readFileSync(join(runDir, 'result.json'), 'utf8')).http.ok);
    expect(kept).toEqual([901, 902, 903]);
  });

  test('of the same content is the same run, whenever and however its file was written', async () => {
    const folder = inFolder();
    const [file, copy] = [exportedSummary(), JSON.stringify(exportedSummary(), null, 4)].map((given) =>
      written(given, 'load.json'),
    );
    const first = await importOutput('k6', file as string);
    utimesSync(copy as string, 1_000_000_000, 1_000_000_000);
    const second = await importOutput('k6', copy as string);
    expect(second).toMatchObject({ known: true, runDir: first.runDir, result: { startedAt: first.result.startedAt } });
    expect(runsIn(folder)).toHaveLength(1);
    // Called otherwise it has a folder of its own, and is the same run in a history.
    const renamed = await importOutput('k6', copy as string, { name: 'other' });
    expect(renamed.known).toBe(false);
    const passed = { verdict: 'pass' as const };
    const entries = [first, second, renamed].map(({ result }) => historyEntry({ ...result, ...passed }, null) as HistoryEntry);
    expect(await addToHistory(join(folder, 'history'), entries)).toHaveLength(1);
    expect((await readHistory(join(folder, 'history'))).entries).toHaveLength(1);
  });

  test('of a list makes one run of each result, and one run of repeated results', async () => {
    const folder = inFolder();
    const file = written([good(901), good(902), good(901)]);
    const outcomes = await importOutputs('autocannon', file);
    expect(outcomes.map(({ known }) => known)).toEqual([false, false, true]);
    expect(runsIn(folder)).toHaveLength(2);
    await expect(importOutput('autocannon', file)).rejects.toThrow('holds 3 results\n  importOutputs makes a run of each');
  });

  test('into a folder of another run is refused, and leaves the folder as it was', async () => {
    const outDir = join(importFolder(), 'run');
    await importOutput('autocannon', written(good(901)), { outDir });
    const before = readFileSync(join(outDir, 'result.json'), 'utf8');
    await expect(importOutput('autocannon', written(good(902)), { outDir })).rejects.toThrow(
      'is not empty, and nothing is overwritten',
    );
    expect(readFileSync(join(outDir, 'result.json'), 'utf8')).toBe(before);
    expect(await importOutput('autocannon', written(good(901)), { outDir })).toMatchObject({ known: true });
  });
});
