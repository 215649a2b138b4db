import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exampleResult } from '../../../reports/example-result.ts';
import { letitcrash } from './command-line.ts';

let folder: string;
const OLD = '20260101-120000-quickstart-reference';

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'letitcrash-open-')));
  for (const name of ['baseline', OLD]) {
    mkdirSync(join(folder, 'runs', name), { recursive: true });
    writeFileSync(join(folder, 'runs', name, 'result.json'), JSON.stringify(exampleResult()));
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('open writes the index of runs/ and prints its address; for a run it builds a missing report', async () => {
  const index = await letitcrash(['open'], { cwd: folder });
  const page = join(folder, 'runs', 'index.html');
  expect(index).toMatchObject({ code: 0, stdout: `${pathToFileURL(page).href}\n` });
  expect(readFileSync(page, 'utf8')).toContain('baseline/result.json');
  const run = await letitcrash(['open', 'runs/baseline', '--json'], { cwd: folder });
  expect(JSON.parse(run.stdout)).toMatchObject({ page: join(folder, 'runs', 'baseline', 'report.html') });
  expect(existsSync(join(folder, 'runs', 'baseline', 'report.html'))).toBe(true);
});

test('open says what would be right if there is nothing to open', async () => {
  const none = await letitcrash(['open'], { cwd: tmpdir() });
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('letitcrash run quickstart writes the first run') });
  const wrong = await letitcrash(['open', 'nowhere'], { cwd: folder });
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('nowhere: there is no such file or folder') });
});

test('prune says what it would remove, then removes it, keeps folders that somebody named, and rewrites the index', async () => {
  const dry = await letitcrash(['prune', '--keep', '0', '--dry-run'], { cwd: folder });
  expect(dry.code).toBe(0);
  expect(dry.stdout).toMatch(new RegExp(`would go  ${OLD}, .*B\\n`));
  expect(dry.stdout).toContain('stays     baseline: somebody named it');
  expect(existsSync(join(folder, 'runs', OLD))).toBe(true);
  const done = await letitcrash(['prune', '--keep', '0'], { cwd: folder });
  expect(done.stdout).toMatch(/1 folder was removed, .*; 1 folder stays/);
  expect(existsSync(join(folder, 'runs', OLD))).toBe(false);
  expect(readFileSync(join(folder, 'runs', 'index.html'), 'utf8')).not.toContain(OLD);
  const refused = await letitcrash(['prune', '--keep', 'few'], { cwd: folder });
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('whole number') });
});
