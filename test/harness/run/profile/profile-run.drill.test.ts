/** Whole runs with a profiler on their nodes, as the library plays them. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Profile, profileSchema } from '../../../../harness/evidence/result/profile.ts';
import { run, type ScenarioInput } from '../../../../harness/front/library/index.ts';

const SCENARIO: ScenarioInput = {
  name: 'small',
  target: { use: 'reference' },
  users: 20,
  load: { rate: '200/s', duration: '2s' },
  limits: { lag: '20s', drain: '60s' },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-profile-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function profileIn(runDir: string): Profile {
  return profileSchema.parse(JSON.parse(readFileSync(join(runDir, 'profile.json'), 'utf8')));
}

it('the CPU profile of the busiest node, over the load and nothing else, is in the run folder and in its report', async () => {
  const { result, reportPath } = await run(
    { ...SCENARIO, target: { use: 'reference', nodes: 2 } },
    { outDir: folder, profile: 'cpu' },
  );
  expect(result.profiledWith).toBe('cpu');
  const profile = profileIn(folder);
  expect(profile.toMs - profile.fromMs).toBeGreaterThan(1_000);
  expect(profile.node).toBe(`n${profile.cores.indexOf(Math.max(...profile.cores)) + 1}`);
  const places = profile.stacks?.functions.map(({ place }) => place).join('\n');
  expect(places).toContain('targets/reference/');
  expect(places).not.toContain(process.cwd());
  const file = JSON.parse(readFileSync(join(folder, 'profile', `${profile.node}.cpuprofile`), 'utf8'));
  expect(file.samples.length).toBe(profile.stacks?.samples);
  expect(readFileSync(reportPath, 'utf8')).toContain(`href="profile/${profile.node}.cpuprofile"`);
});

it('a node that is killed under load is recorded again from its return on, and the profile says so', async () => {
  const faults = [{ at: '500ms', kind: 'kill-node', target: 'random', for: '500ms' }];
  await run({ ...SCENARIO, load: { rate: '200/s', duration: '6s' }, faults } as ScenarioInput, {
    outDir: folder,
    profile: 'heap',
  });
  const profile = profileIn(folder);
  expect(profile.fromMs).toBeGreaterThan(500);
  expect(profile.notes.join()).toContain('n1 was restarted during the load');
  expect(profile.stacks).toMatchObject({ unit: 'bytes', idle: 0 });
  expect(existsSync(join(folder, 'profile', 'n1.heapprofile'))).toBe(true);
});
