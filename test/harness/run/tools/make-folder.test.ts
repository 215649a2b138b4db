import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { RunError } from '../../../../harness/contracts/run-error.ts';
import { makeFolder, whyNoFolder } from '../../../../harness/run/tools/make-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'letitcrash-folder-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a folder is made with its parents, and may be made again without harm', () => {
  const path = join(folder, 'a', 'b', 'c');
  for (let time = 0; time < 2; time++) makeFolder(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

test('a file that is in the way is named, in the folder itself and above it, before anything is made', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  for (const path of [file, join(file, 'below')]) {
    expect(whyNoFolder(path)).toMatchObject({
      mistaken: true,
      text: expect.stringContaining('is a file, not a folder\n  name a folder'),
    });
    expect(() => makeFolder(path)).toThrow(RunError);
  }
});

test.skipIf(process.platform !== 'linux')('if no folder can be made, the attempts end', () => {
  expect(() => makeFolder('/proc/nope/below')).toThrow(/^\/proc\/nope\/below: \/proc\/nope: .*\n {2}name a folder/);
});
