import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { settleDisk } from '../../../../harness/run/conductor/settle-disk.ts';

let folder: string;
const path = process.env.PATH;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-disk-'));
  process.env.PATH = folder;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

it.runIf(process.platform === 'linux')('the file system of a run is written before its load', async () => {
  writeFileSync(join(folder, 'sync'), '#!/bin/sh\necho "$@" > asked\n');
  chmodSync(join(folder, 'sync'), 0o755);
  await settleDisk(folder, new AbortController().signal);
  expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe(`-f ${folder}\n`);
});

it('a system without the program goes without it, and an aborted run does not wait', async () => {
  await settleDisk(folder, new AbortController().signal);
  expect(existsSync(join(folder, 'asked'))).toBe(false);
  if (process.platform === 'linux')
    await expect(settleDisk(folder, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
});
