import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { monotonicUs } from '../../../../harness/evidence/measure/clock.ts';
import { LogTimes } from '../../../../harness/run/conductor/log-times.ts';
import { exampleResult } from '../../../reports/example-result.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-logs-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const [second] = exampleResult().worstSeconds;
if (second === undefined) throw new Error('the example has no second');

/** The lines of the logs that a second of the result is given, which began so long after the clock's `zeroUs`. */
async function linesOf(logs: LogTimes, zeroUs: number, fromMs: number) {
  const result = { ...exampleResult(), worstSeconds: [{ ...second, fromMs, toMs: fromMs + 1000 } as typeof second & object] };
  const [found] = (await logs.completed(result, zeroUs)).worstSeconds;
  return { lines: found?.log.map(({ file, line }) => `${file}: ${line}`), more: found?.moreLog };
}

test('lines that a log gained between two looks belong to the time between them, whatever its format', async () => {
  const logs = new LogTimes(folder);
  writeFileSync(join(folder, 'n1-1.log'), 'began\n');
  await logs.look();
  const zeroUs = monotonicUs();
  appendFileSync(join(folder, 'n1-1.log'), 'out of memory\n\u001b[31mgiving up\u001b[0m\n');
  writeFileSync(join(folder, 'n1-2.log'), 'began again\n');
  writeFileSync(join(folder, 'heap.snapshot'), 'no log\n');
  await logs.look();
  const { lines } = await linesOf(logs, zeroUs, 0);
  // The first look, just before the zero, is within a quarter of a second of it, and what it saw is older than that.
  expect(lines?.toSorted()).toEqual([
    'n1-1.log: out of memory',
    'n1-1.log: \ufffd[31mgiving up\ufffd[0m',
    'n1-2.log: began again',
  ]);
  expect((await linesOf(logs, zeroUs, 10_000)).lines).toEqual([]);
});

test('a line that was written later is not assigned to an earlier second', async () => {
  const logs = new LogTimes(folder);
  const zeroUs = monotonicUs();
  writeFileSync(join(folder, 'n1-1.log'), 'later\n');
  await logs.look();
  expect((await linesOf(logs, zeroUs, -10_000)).lines).toEqual([]);
  // A look says of a line only that it is not older than the look before, so it may be of the second that ended just now.
  expect((await linesOf(logs, zeroUs, -1000)).lines).toEqual(['n1-1.log: later']);
});

test('a limited number of lines is kept for each second, each of limited length, and the others are counted', async () => {
  const logs = new LogTimes(folder);
  const zeroUs = monotonicUs();
  writeFileSync(join(folder, 'n1-1.log'), `${'x'.repeat(5000)}\n${'again and again\n'.repeat(5000)}`);
  await logs.look();
  const { lines, more } = await linesOf(logs, zeroUs, 0);
  expect(lines).toHaveLength(12);
  expect(lines?.[0]?.length).toBeLessThan(320);
  // Of what is read, 16 KiB.
  expect(more).toBeGreaterThan(100);
  expect(more).toBeLessThan(1100);
});

test('a run without logs, or whose logs are gone, has no lines', async () => {
  expect(await linesOf(new LogTimes(join(folder, 'nowhere')), 0, 0)).toEqual({ lines: [], more: 0 });
  const logs = new LogTimes(folder);
  const zeroUs = monotonicUs();
  writeFileSync(join(folder, 'n1-1.log'), 'began\n');
  await logs.look();
  rmSync(join(folder, 'n1-1.log'));
  expect((await linesOf(logs, zeroUs, 0)).lines).toEqual([]);
});
