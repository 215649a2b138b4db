import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultSchema } from '../../harness/evidence/result/result.ts';
import { whyNoArena } from '../../harness/run/arena/namespaces.ts';
import { until } from '../until.ts';
import { Command, isAlive } from './command.ts';

const noArena = await whyNoArena();

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-in-arena-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function scenario(fault: string): string {
  const path = join(folder, 'drill.yaml');
  writeFileSync(
    path,
    `# A drill in an arena.
name: drill
users: 20
load: { model: constant, rate: 50/s, duration: 6s, workers: 1 }
faults:
  - ${fault}
limits: { lag: 60s, drain: 60s }
`,
  );
  return path;
}

describe.skipIf(noArena !== null)('a run in an arena', () => {
  it('fills a disk completely, frees it, restarts what died of it, and can be observed from outside meanwhile', async () => {
    const run = join(folder, 'run');
    const command = new Command([
      'run',
      scenario('{ at: 2s, kind: disk-full, size: 32MiB, for: 1s }'),
      '--json',
      '--live',
      '--out',
      run,
    ]);
    await until(() => /^load/m.test(command.stderr) || !isAlive(command.child.pid as number), 'the load is on');
    // Those who watch are outside, where a browser is.
    const [page = ''] = /http:\/\/127\S+/.exec(command.stderr) ?? [];
    expect((await fetch(page)).status).toBe(200);
    const observer = new Command(['observe', run, '--once']);
    expect(await observer.ended(), observer.stderr).toBe(0);
    expect(observer.stdout).toContain('20 users');
    expect(await command.ended(), command.stderr).toBe(0);
    const result = resultSchema.parse(JSON.parse(command.stdout));
    expect(result.environment.arena).toBe(true);
    expect(result.delivery).toMatchObject({ lost: 0, drained: true });
    expect(result.faults).toMatchObject([{ kind: 'disk-full', target: 'a disk of 32.0 MiB', verified: true }]);
    const evidence = result.faults[0]?.evidence.join('\n');
    expect(evidence).toContain('0 B of 32.0 MiB are free');
    expect(evidence).toContain('a write there fails with ENOSPC');
    expect(evidence).toContain('a write there is written');
    expect(statSync(join(run, 'result.json')).uid).toBe(process.getuid?.());
  });

  it('is refused if a fault needs the arena and the command line forbids it', async () => {
    const path = scenario('{ at: 2s, kind: disk-full, for: 1s }');
    const command = new Command(['run', path, '--no-arena', '--out', join(folder, 'run')]);
    expect(await command.ended()).toBe(2);
    expect(command.stderr).toContain('leave out --no-arena');
  });
});

describe('where an arena is impossible', () => {
  /** No setpriv, no unshare: a path on which nothing lies. */
  const nowhere = (): Record<string, string> => ({ PATH: folder });

  it('--arena is refused with exit 3 and the reason', async () => {
    const path = scenario('{ at: 1s, kind: kill-process }');
    const command = new Command(['run', path, '--arena', '--out', join(folder, 'run')], nowhere());
    expect(await command.ended()).toBe(3);
    expect(command.stderr).toContain('an arena cannot be made: ');
  });

  it('a run without the flag goes on, and says in one line that it has no arena, and why', async () => {
    const path = scenario('{ at: 1s, kind: kill-process }');
    const command = new Command(['run', path, '--json', '--set', 'load.duration=2s', '--out', join(folder, 'run')], nowhere());
    expect(await command.ended(), command.stderr).toBe(0);
    expect(command.stderr.match(/^letitcrash: without an arena: .+$/gm)).toHaveLength(1);
    expect(resultSchema.parse(JSON.parse(command.stdout)).environment.arena).toBe(false);
  });
});
