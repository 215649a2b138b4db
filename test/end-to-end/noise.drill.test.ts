/** The machine's noise, measured by real runs. On a busy machine the right answer is that there is none. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { until } from '../until.ts';
import { Command } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'letitcrash-test-noise-'));
const scenario = join(folder, 'tiny.yaml');
writeFileSync(
  scenario,
  `name: tiny
target: { use: reference, durability: commit }
users: 20
load: { rate: 200/s, duration: 400ms, connect: 1000/s, workers: 1 }
limits: { lag: 10s }
`,
);
afterAll(() => rmSync(folder, { recursive: true }));
const scratch = (): string[] => readdirSync(tmpdir()).filter((name) => /^letitcrash-noise-/.test(name));

test('doctor --noise says how large the noise is and what a margin needs, or that the machine is too busy to tell', async () => {
  const args = ['doctor', '--noise', '--blocks', '3', '--margin', '20%', '--scenario', scenario, '--seed', '5', '--json'];
  const command = new Command(args);
  const code = await command.ended();
  const document = JSON.parse(command.stdout);
  expect(document).toMatchObject({ schema: 'letitcrash.noise/1', scenario: 'tiny', seed: 5, margin: 0.2 });
  expect(document.valid).toBe(code === 0);
  if (code === 0) {
    expect(document.blocks.valid).toBe(3);
    const cpu = document.metrics.find(({ name }: { name: string }) => name === 'cpu.serverPerMessage');
    expect(cpu.deviation).toBeGreaterThan(0);
    expect(cpu.deviationHigh).toBeGreaterThan(cpu.deviation);
    expect(document.blockMs).toBeGreaterThan(4 * 400);
  } else {
    expect(code).toBe(5);
    expect(document.blocks.invalid.length).toBeGreaterThan(0);
    expect(command.stderr).toContain('try again when nothing else runs on this machine');
  }
});

test('doctor --noise leaves nothing behind when interrupted', async () => {
  const before = scratch();
  const command = new Command(['doctor', '--noise', '--scenario', scenario]);
  await until(() => command.stderr.includes('run 1 of 4') && command.descendants().length > 1, 'a run');
  command.child.kill('SIGINT');
  expect(await command.ended()).toBe(130);
  expect(command.stderr).toContain('interrupted; everything that was started has been stopped');
  expect(command.descendants()).toEqual([]);
  expect(scratch()).toEqual(before);
});
