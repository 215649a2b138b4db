/** Two finished runs side by side, as a user asks for it. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diffSchema } from '../../../../harness/evidence/result/diff.ts';
import type { Result } from '../../../../harness/evidence/result/result.ts';
import { exampleResult } from '../../../reports/example-result.ts';
import { handledSummary } from '../../studies/import/k6-summaries.ts';
import type { Outcome } from './command-line.ts';
import { played } from './in-process.ts';

let folder: string;
const home = process.cwd();
const run = (...args: readonly string[]): Promise<Outcome> => played(args);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letitcrash-diff-'));
  const example = exampleResult();
  const put = async (name: string, result: Result): Promise<void> => {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'result.json'), JSON.stringify(result));
  };
  const after = { ...example, startedAt: '2026-11-25T12:00:00.000Z', target: { ...example.target, version: '0.2.0' } };
  await put('before', example);
  await put('after', after);
  await put('failed', { ...after, verdict: 'fail', reasons: ['response.p99 < 1ms was 10 ms'] });
  await put('invalid', { ...after, verdict: 'invalid', reasons: ['the generator could not keep up'] });
  await mkdir(join(folder, 'damaged'));
  await writeFile(join(folder, 'damaged', 'result.json'), '{');
  await writeFile(join(folder, 'limits.yaml'), 'slo: { wibble: < 5ms }\nalpha: lots\n');
  await writeFile(join(folder, 'k6.json'), JSON.stringify(handledSummary()));
  process.chdir(folder);
});
afterAll(async () => {
  process.chdir(home);
  await rm(folder, { recursive: true, force: true });
});

describe('letitcrash diff', () => {
  test('shows the figures, writes the document with its pages, and never overwrites those of another diff', async () => {
    const { code, stdout } = await run('diff', 'before', 'after/result.json');
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('SIDE BY SIDE') });
    expect((await run('diff', 'before', 'after')).code).toBe(0);
    const folders = await readdir(join(folder, 'runs'));
    expect(folders.filter((name) => name.includes('-diff-reference'))).toHaveLength(2);
    const files = await readdir(join(folder, 'runs', folders[0] ?? ''));
    expect(files.toSorted()).toEqual(['diff.json', 'report.html', 'summary.md']);
    const over = await run('diff', 'before', 'after', '--out', 'before');
    expect(over).toMatchObject({ code: 2, stderr: expect.stringContaining('holds a result.json') });
    const again = await run('report', join('runs', folders[0] ?? ''), '--out', 'again');
    expect(again.stdout).toContain('SIDE BY SIDE');
    expect(await readFile(join(folder, 'again', 'summary.md'), 'utf8')).toMatch(/^## Side by side: /);
  });

  test('compares an imported run with one of our own, and says that they were measured differently', async () => {
    expect((await run('import', 'k6', 'k6.json', '--out', 'k6-run')).code).toBe(1);
    const { stdout, code } = await run('diff', 'before', 'k6-run', '--json', '--out', 'mixed');
    // Its threshold did not hold.
    expect(code).toBe(1);
    const diff = diffSchema.parse(JSON.parse(stdout));
    expect(diff).toMatchObject({ comparable: 'no', b: { measuredBy: 'k6', fingerprint: null } });
    expect(diff.conditions.map(({ name }) => name)).toEqual(expect.arrayContaining(['measured by', 'loop', 'machine']));
    expect(diff.figures.find(({ name }) => name === 'delivery.lost')).toMatchObject({ a: 0, b: null });
  });

  test.each([
    [['diff', 'before', 'failed'], 1],
    [['diff', 'failed', 'before'], 0],
    [['diff', 'before', 'invalid'], 5],
    [['diff', 'before', 'after', '--strict'], 4],
    [['diff', 'before', 'nowhere'], 2],
    [['compare', 'before', 'after'], 0],
    [['compare', 'before', 'after', '--strict'], 4],
    [['gate', '--baseline', 'before', '--candidate', 'after'], 0],
    [['gate', '--baseline', 'before', '--candidate', 'failed', '--strict'], 1],
  ])('%j exits %d', async (args, expected) => {
    const { code, stdout, stderr } = await run(...args, '--out', join('out', args.join('-').replaceAll('/', '')));
    expect({ code, stdout, stderr }).toMatchObject({ code: expected });
    if (expected !== 2) expect(stdout).toContain('Two runs are only one pair');
    else expect(stderr).toContain('nowhere: there is no result.json');
  });

  test.each([
    [['compare', 'before', 'durability=fsync'], 'before: is a finished run, but durability=fsync is not'],
    [['compare', 'before', 'after', '--blocks', '12'], 'which are not played again, so --blocks cannot be used'],
    [
      ['gate', '--baseline', 'before', '--candidate', 'after', '--seed', '7'],
      'which are not played again, so --seed cannot be used',
    ],
  ])('%j exits 2', async (args, hint) => {
    const outcome = await run(...args);
    expect(outcome).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(hint) });
  });

  const placesOf = (stderr: string): string[] => [...stderr.matchAll(/^letitcrash: (\S+?),? /gm)].map(([, place = '']) => place);

  test('all mistakes at once, in the order of the line: what was said, the runs, the policy', async () => {
    const damaged = await run(
      'gate',
      '--baseline',
      'damaged',
      '--candidate',
      'after',
      '--seed',
      '7',
      '--out',
      'before',
      '--policy',
      'limits.yaml',
    );
    expect(damaged).toMatchObject({ code: 2, stdout: '' });
    expect(placesOf(damaged.stderr)).toEqual(['damaged', '--out', 'damaged:', 'limits.yaml:1:8:', 'limits.yaml:2:8:']);
    const compared = await run('compare', 'damaged', 'after', '--blocks', '12', '--out', 'before', '--wibble');
    expect(compared).toMatchObject({ code: 2, stdout: '' });
    expect(placesOf(compared.stderr)).toEqual(['--wibble:', 'damaged', '--out', 'damaged:']);
    expect(compared.stderr).not.toContain('a comparison plays both');
    const beside = await run('diff', 'nowhere', 'elsewhere', '--out', 'before', '--wibble');
    expect(beside).toMatchObject({ code: 2, stdout: '' });
    expect(placesOf(beside.stderr)).toEqual(['--wibble:', '--out', 'nowhere:', 'elsewhere:']);
  });
});
