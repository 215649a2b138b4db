import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../../../harness/evidence/result/history.ts';
import { historyEntry } from '../../../../harness/studies/history/entry.ts';
import { addToHistory, readHistory } from '../../../../harness/studies/history/history-file.ts';
import { exampleResult } from '../../../reports/example-result.ts';

const PLAYED = exampleResult();
const entry = (startedAt: string, label: string | null = null): HistoryEntry =>
  historyEntry({ ...PLAYED, startedAt }, label) as HistoryEntry;
const [first, second] = [entry('2026-11-24T12:00:00.000Z'), entry('2026-11-24T12:00:00.001Z', 'abc')] as const;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-history-'));
  file = join(folder, 'history.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('what is kept of a run', () => {
  it('is every figure that was measured, under the name that an expectation would use', () => {
    expect(first.values['response.p99']).toBe(PLAYED.latency.response?.p99Us);
    expect(first.values['cpu.serverPerMessage']).toBe(PLAYED.cpu.serverUsPerMessage);
    const nowhere = { ...PLAYED, cpu: { ...PLAYED.cpu, serverUsPerMessage: null } };
    expect((historyEntry(nowhere, null) as HistoryEntry).values).not.toHaveProperty(['cpu.serverPerMessage']);
  });

  it('is recognised wherever the run lies and whatever it is called', () => {
    const again = historyEntry(JSON.parse(JSON.stringify({ ...PLAYED, startedAt: first.startedAt })), 'another label');
    expect(again).toMatchObject({ run: first.run });
    expect(second.run).not.toBe(first.run);
  });

  it('is nothing for a run that measured its generator or a profiler, or that proved nothing', () => {
    const late = { ...PLAYED, verdict: 'invalid' as const, reasons: ['the generator was late'] };
    expect(historyEntry(late, null)).toMatch(/^the run is invalid, .*the generator was late/);
    expect(historyEntry({ ...PLAYED, verdict: 'unknown' }, null)).toMatch(/^the run is unknown/);
    expect(historyEntry({ ...PLAYED, profiledWith: 'cpu' }, null)).toMatch(/^the run was profiled \(cpu\)/);
    expect(historyEntry({ ...PLAYED, verdict: 'fail' }, null)).toMatchObject({ verdict: 'fail' });
  });
});

describe('the file', () => {
  it('holds each run once, however often it is added', async () => {
    expect(await addToHistory(folder, [first, first])).toEqual([first]);
    expect(await addToHistory(folder, [second, first])).toEqual([second]);
    expect(await readHistory(folder)).toEqual({ entries: [first, second], unreadable: [] });
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2);
  });

  it('is read as holding a run once even if two jobs added it at the same time', async () => {
    const line = `${JSON.stringify(first)}\n`;
    writeFileSync(file, line + line);
    expect((await readHistory(folder)).entries).toEqual([first]);
  });

  it("shows a run's label safely on any terminal", async () => {
    const hostile = entry('2026-11-24T12:00:00.002Z', 'a\u202eb\u009b2J\u2028c');
    await addToHistory(folder, [hostile]);
    expect(readFileSync(file, 'utf8')).toContain('a\\u202eb\\u009b2J\\u2028c');
    expect((await readHistory(folder)).entries).toEqual([hostile]);
  });

  it('is created, with its folder, by the first run', async () => {
    const deeper = join(folder, 'not', 'there');
    expect(await readHistory(deeper)).toEqual({ entries: [], unreadable: [] });
    await addToHistory(deeper, [first]);
    expect((await readHistory(deeper)).entries).toEqual([first]);
  });

  it('loses only the line that was cut short', async () => {
    await addToHistory(folder, [first]);
    appendFileSync(file, JSON.stringify(second).slice(0, 100));
    expect(await addToHistory(folder, [second])).toEqual([second]);
    expect(await readHistory(folder)).toEqual({ entries: [first, second], unreadable: [2] });
  });

  it('says which lines are of another version, and keeps them', async () => {
    writeFileSync(file, `{"schema":"letitcrash.history-entry/9"}\n\n${JSON.stringify(first)}\n`);
    expect(await readHistory(folder)).toEqual({ entries: [first], unreadable: [1] });
    await addToHistory(folder, [second]);
    expect(readFileSync(file, 'utf8')).toContain('history-entry/9');
  });
});
