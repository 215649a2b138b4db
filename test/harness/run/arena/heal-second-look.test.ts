/** What a heal finds in its claim may be another journal than the one that it read first. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { healRun } from '../../../../harness/run/arena/heal.ts';
import { Journal } from '../../../../harness/run/arena/journal.ts';
import { claimJournal } from '../../../../harness/run/arena/journal-claim.ts';
import { journalPath } from '../../../../harness/run/arena/journal-file.ts';

vi.mock('../../../../harness/run/arena/journal-claim.ts', { spy: true });

let folder = '';
let state = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-heal-'));
  state = mkdtempSync(join(tmpdir(), 'letitcrash-state-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const each of [folder, state]) rmSync(each, { recursive: true, force: true });
});

/** Plays `meanwhile` after a heal has read the journal, and before it claims it. */
function beforeTheClaim(meanwhile: () => void): void {
  const claim = vi.mocked(claimJournal).getMockImplementation() ?? claimJournal;
  vi.mocked(claimJournal).mockImplementationOnce((of) => {
    meanwhile();
    return claim(of);
  });
}

/** A run that was killed, with a scratch folder. */
function interrupted(): void {
  const journal = new Journal(folder, state);
  journal.record({ kind: 'scratch', path: join(folder, 'data') });
  mkdirSync(join(folder, 'data'));
  const [first, ...rest] = readFileSync(journalPath(folder), 'utf8').split('\n');
  const head = { ...(JSON.parse(first as string) as object), harness: { pid: process.pid, start: '1' } };
  writeFileSync(journalPath(folder), [JSON.stringify(head), ...rest].join('\n'));
}

test('a run that began in the folder after another heal had finished goes on, with its data and its journal untouched', async () => {
  interrupted();
  let next: Journal | null = null;
  beforeTheClaim(() => {
    rmSync(journalPath(folder));
    next = new Journal(folder, state);
    next.record({ kind: 'scratch', path: join(folder, 'data') });
  });
  expect(await healRun(folder, false, state)).toMatchObject({ state: 'running', entries: [] });
  expect(existsSync(join(folder, 'data'))).toBe(true);
  expect(readdirSync(folder).toSorted()).toEqual(['data', 'journal.ndjson']);
  expect(readdirSync(state)).not.toEqual([]);
});

test('what another heal has undone meanwhile needs no healing', async () => {
  interrupted();
  beforeTheClaim(() => rmSync(journalPath(folder)));
  expect(await healRun(folder, false, state)).toBeNull();
  expect(readdirSync(folder)).toEqual(['data']);
});
