/** What each command really leaves in its folder, held against what prune knows as letitcrash's own. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isOwnFile } from '../../../../harness/front/library/own-files.ts';
import { letitcrash } from '../cli/command-line.ts';

const SCENARIO =
  'name: mine\ntarget: { use: calibrated, durability: memory }\nusers: 10\nload: { rate: 20/s, duration: 1s, warmUp: 0s }\n';
const K6 = {
  root_group: {},
  state: { testRunDurationMs: 1_000 },
  metrics: {
    http_req_duration: { type: 'trend', contains: 'time', values: { avg: 1, min: 1, med: 1, max: 2, 'p(90)': 1, 'p(95)': 2 } },
    http_reqs: { type: 'counter', contains: 'default', values: { count: 10, rate: 10 } },
    http_req_failed: { type: 'rate', contains: 'default', values: { rate: 0, passes: 0, fails: 10 } },
  },
};
const SHORT = ['--no-arena', '--set', 'users=10', '--set', 'load.rate=20/s', '--set', 'load.duration=1s'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-own-'));
  writeFileSync(join(folder, 'mine.yaml'), SCENARIO);
  writeFileSync(join(folder, 'policy.yaml'), 'slo: { response.p99: < 1s }\n');
  for (const name of ['one', 'two']) writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...K6, setup_data: name }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('prune removes what a run, its gate, a replay, an exploration, an import and a diff left, and no folder that has any other file', async () => {
  const play = (...args: string[]) => letitcrash(args, { cwd: folder });
  const runs = join(folder, 'runs');
  const named = (ending: string): string => readdirSync(runs).find((name) => name.endsWith(ending)) ?? '';
  await Promise.all([
    play('run', 'mine.yaml', '--no-arena').then(() =>
      play('gate', '--run', join('runs', named('-mine-calibrated')), '--policy', 'policy.yaml'),
    ),
    play('explore', '--target', 'calibrated', '--schedules', '1', ...SHORT),
    play('replay', 'mine.yaml', '--times', '1', '--no-arena', '--out', join('runs', '20260101-000000-replay-calibrated')),
    play('import', 'k6', 'one.json'),
    play('import', 'k6', 'two.json'),
  ]);
  await play('diff', join('runs', named('-one-k6')), join('runs', named('-two-k6')));
  expect(existsSync(join(runs, named('-mine-calibrated'), 'gate', 'report.html'))).toBe(true);
  const kinds = readdirSync(runs)
    .filter((name) => !name.startsWith('index.'))
    .map((name) => name.replace(/^\d{8}-\d{6}-/, ''));
  expect(kinds.toSorted()).toEqual(
    ['diff-unknown', 'explore-calibrated', 'mine-calibrated', 'one-k6', 'replay-calibrated', 'two-k6'].toSorted(),
  );
  writeFileSync(join(runs, named('-two-k6'), 'autocannon-notes.txt'), 'mine');
  const { stdout } = await play('prune', '--keep', '0', '--json');
  const { runs: pruned } = JSON.parse(stdout) as { runs: { folder: string; outcome: string; why: string | null }[] };
  expect(pruned.filter(({ outcome }) => outcome !== 'gone')).toEqual([
    { folder: named('-two-k6'), outcome: 'stays', why: 'autocannon-notes.txt is in it, and no run wrote that', bytes: 0 },
  ]);
});

test('prune knows what a comparison leaves, finished or not', () => {
  for (const name of ['comparison.json', 'request.json', 'blocks.ndjson', 'comparison.json.part'])
    expect(isOwnFile(name)).toBe(true);
  for (const name of ['script.ts', 'k6-notes.md', 'notes.txt', 'found-1.yaml.bak']) expect(isOwnFile(name)).toBe(false);
});
