/** The chat server of test/example under its own scenario, by the command, as its author would play it. */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Result } from '../../harness/evidence/result/result.ts';
import { project } from '../harness/plan/own-server/project.ts';
import { Command } from './command.ts';

const EXAMPLE = fileURLToPath(new URL('../example', import.meta.url));
/** Small, so that a busy machine plays it too; lag is no matter, for what is asked is what became of the messages. */
const SMALL = ['--set', 'users=120', '--set', 'load.rate=300/s', '--set', 'load.duration=6s', '--set', 'load.warmUp=0s']
  .concat(['--set', 'limits.lag=20s', '--set', 'faults[0].at=1s', '--set', 'faults[0].count=10', '--set', 'faults[1].at=3s'])
  .concat(['--seed', '7']);

const cleanUps: (() => void)[] = [];
afterAll(() => {
  for (const cleanUp of cleanUps) cleanUp();
});

function example(): string {
  const folder = project({}, (cleanUp) => cleanUps.push(cleanUp));
  cpSync(EXAMPLE, folder, { recursive: true });
  return folder;
}

test("a plan for one's own server names its target and its driver, and starts nothing", async () => {
  const command = new Command(['run', join(example(), 'chat.yaml'), '--dry-run']);
  expect(await command.ended()).toBe(0);
  expect(command.stdout).toMatch(/target +chat-target, 1 node, durability memory/);
  expect(command.stdout).toMatch(/reset-connections-1/);
});

describe('killed under load', () => {
  let result: Result;
  let stderr: string;

  beforeAll(async () => {
    const folder = example();
    const out = join(folder, 'run');
    const command = new Command(['run', join(folder, 'chat.yaml'), ...SMALL, '--out', out]);
    expect(await command.ended()).toBe(1);
    stderr = command.stderr;
    result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
  }, 120_000);

  test('it loses messages that it had acknowledged, and the ledger says which', () => {
    expect(result.verdict).toBe('fail');
    expect(result.delivery?.lost).toBeGreaterThan(0);
    expect(result.delivery).toMatchObject({ misdelivered: 0, corrupted: 0, phantom: 0 });
    const lost = (result.delivery?.evidence ?? []).filter(({ property }) => property === 'lost');
    expect(lost[0]?.message).toMatch(/u\d+/);
    expect(result.reasons[0]).toMatch(/lost/);
  });

  test('both faults are proven, everybody is back, and the recovery clocks have stopped', () => {
    expect(result.faults.map(({ kind, verified }) => ({ kind, verified }))).toEqual([
      { kind: 'reset-connections', verified: true },
      { kind: 'kill-node', verified: true },
    ]);
    expect(result.delivery?.drained).toBe(true);
    expect(result.recovery[1]?.reconnected99Ms).toBeGreaterThan(0);
  });

  test('the result names the server and the protocol as their author called them', () => {
    expect(result.target).toMatchObject({ name: 'chat', version: '1.0.0', nodes: 1 });
    expect(result.load).toMatchObject({ driver: 'chat-driver', loop: 'open' });
    expect(stderr).toContain('Starting chat-target');
  });
});

test('its schedule can be replayed on a cluster that stays warm', async () => {
  const scenario = join(example(), 'chat.yaml');
  const command = new Command(['replay', scenario, ...SMALL, '--times', '1', '--json', '--out', join(project(), 'replay')]);
  expect(await command.ended()).toBe(1);
  expect(JSON.parse(command.stdout)).toMatchObject({ reproduction: { runs: 1, failures: 1 }, broken: { lost: 1 } });
}, 120_000);

test('an exploration of a file that is not a target is refused before anything starts', async () => {
  const command = new Command(['explore', '--target', join(example(), 'chat-driver.ts')]);
  expect(await command.ended()).toBe(2);
  expect(command.stderr).toMatch(/--target .*chat-driver\.ts exports no `target`; it exports driver/);
});

test("what init writes for one's own server runs unchanged, and passes", async () => {
  const folder = project();
  const init = new Command(['init', '--server', 'own', '--out', folder]);
  expect(await init.ended()).toBe(0);
  expect(init.stdout).toMatch(/written +letitcrash\/my-target\.mts/);
  const scenario = join(folder, 'letitcrash', 'my-server.yaml');
  const small = ['--set', 'users=20', '--set', 'load.duration=2s', '--set', 'limits.lag=20s', '--set', 'target.historyLimit=5'];
  const run = new Command(['run', scenario, ...small, '--out', join(folder, 'run'), '--json']);
  expect(await run.ended()).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({
    verdict: 'pass',
    target: { name: 'my-server', config: { historyLimit: 5 } },
    load: { driver: 'my-driver' },
    delivery: { lost: 0, misdelivered: 0 },
  });
}, 120_000);
