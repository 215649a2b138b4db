import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { report, ScenarioError } from '../../../../harness/front/library/index.ts';
import { exampleComparison } from '../../../reports/example-comparison.ts';
import { exampleEntries, exampleHistory } from '../../../reports/example-history.ts';
import { exampleResult } from '../../../reports/example-result.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letitcrash-report-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['result.json', JSON.stringify(exampleResult()), { kind: 'run', result: exampleResult() }, 'report.html'],
  [
    'comparison.json',
    JSON.stringify(exampleComparison()),
    { kind: 'comparison', comparison: exampleComparison() },
    'report.html',
  ],
  [
    'history.ndjson',
    exampleEntries()
      .map((entry) => JSON.stringify(entry))
      .join('\n'),
    { kind: 'history', history: exampleHistory() },
    'trend.html',
  ],
])('builds the page of a folder with a %s, or of the file itself, and gives what it read', async (file, text, document, page) => {
  await writeFile(join(folder, file), text);
  expect(await report(folder)).toEqual({ ...document, reportPath: join(folder, page) });
  expect(await readFile(join(folder, page), 'utf8')).toMatch(/^<!doctype html>/i);

  const outDir = join(folder, 'elsewhere', 'site');
  expect(await report(join(folder, file), { outDir })).toEqual({ ...document, reportPath: join(outDir, page) });
  expect(await readdir(outDir)).toContain(page);
});

test('an empty folder, and a history without an entry, are refused, and the message says what would be right', async () => {
  await expect(report(folder)).rejects.toThrow(/there is no result\.json\n {2}give a run folder/);
  const history = join(folder, 'history');
  await mkdir(history);
  await writeFile(join(history, 'history.ndjson'), '{}\n');
  await expect(report(history)).rejects.toThrow(ScenarioError);
  await expect(report(history)).rejects.toThrow('letitcrash history add');
});
