/** `letitcrash heal` without a run folder is of this folder: what lies elsewhere may be somebody else's work. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Journal } from '../../../../harness/run/arena/journal.ts';
import { journalPath } from '../../../../harness/run/arena/journal-file.ts';
import { played } from './in-process.ts';

let root = '';
const home = process.cwd();
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'letitcrash-heal-')));
  vi.stubEnv('XDG_STATE_HOME', join(root, 'state'));
  for (const each of ['mine', 'theirs']) interrupted(join(root, each, 'runs', 'one'));
  process.chdir(join(root, 'mine'));
});
afterEach(() => {
  process.chdir(home);
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

/** A run of a harness that is dead, with a scratch folder. */
function interrupted(folder: string): void {
  mkdirSync(join(folder, 'data'), { recursive: true });
  const journal = new Journal(folder);
  journal.record({ kind: 'scratch', path: join(folder, 'data') });
  const [first, ...rest] = readFileSync(journalPath(folder), 'utf8').split('\n');
  const head = { ...(JSON.parse(first as string) as object), harness: { pid: process.pid, start: '1' } };
  writeFileSync(journalPath(folder), [JSON.stringify(head), ...rest].join('\n'));
}

const left = (): readonly boolean[] => ['mine', 'theirs'].map((each) => existsSync(join(root, each, 'runs', 'one', 'data')));

test('heal undoes what lies below its folder, and says how much lies elsewhere, which --all undoes', async () => {
  const { code, stdout } = await played(['heal']);
  expect(code).toBe(0);
  expect(stdout).toContain(`healed   ${join(root, 'mine', 'runs', 'one')}`);
  expect(stdout).toContain('1 run elsewhere may have been interrupted: letitcrash heal --all --dry-run');
  expect(left()).toEqual([false, true]);
  expect((await played(['heal'])).stdout).toMatch(/^nothing to heal in this folder\n1 run elsewhere/);
  expect((await played(['heal', '--all', '--dry-run'])).stdout).toContain('to-do');
  expect(left()).toEqual([false, true]);
  expect((await played(['heal', '--all'])).stdout).toContain(`healed   ${join(root, 'theirs', 'runs', 'one')}`);
  expect(left()).toEqual([false, false]);
});

test('heal refuses a run folder together with --all', async () => {
  const { code, stderr } = await played(['heal', '--all', 'runs/one']);
  expect([code, left()]).toEqual([2, [true, true]]);
  expect(stderr).toMatch(/^letitcrash: --all heals every run/);
});
