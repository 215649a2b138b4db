import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  explore,
  ForeignEndpointError,
  type Problem,
  plan,
  RunError,
  type RunEvent,
  report,
  run,
  type ScenarioError,
  type ScenarioInput,
  StandingTarget,
} from '../../../../harness/front/library/index.ts';
import { whyNoArena } from '../../../../harness/run/arena/namespaces.ts';
import { isAlive } from '../../../end-to-end/command.ts';

const SCENARIO: ScenarioInput = {
  name: 'small',
  target: { use: 'calibrated', durability: 'memory' },
  users: 10,
  load: { rate: '50/s', duration: '500ms' },
  limits: { lag: '20s' },
};

const FULL_DISK: ScenarioInput = {
  ...SCENARIO,
  target: { use: 'reference' },
  load: { rate: '50/s', duration: '3s' },
  faults: [{ at: '1s', kind: 'disk-full', size: '32MiB', for: '500ms' }],
  limits: { lag: '20s', drain: '60s' },
};

const whyNot = await whyNoArena();

/** Not zombies. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(ppid) === parent && state !== 'Z' ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

let outDir: string;
beforeEach(() => {
  outDir = mkdtempSync(join(tmpdir(), 'letitcrash-library-'));
});
afterEach(() => rmSync(outDir, { recursive: true, force: true }));

async function refusal(promise: Promise<unknown>): Promise<ScenarioError> {
  return promise.then(
    () => {
      throw new Error('it was not refused');
    },
    (error: ScenarioError) => error,
  );
}

describe('plan', () => {
  test('checks a scenario given as data, and decides everything', async () => {
    const planned = await plan(SCENARIO, { set: ['users=20'], seed: 5 });
    expect(planned).toMatchObject({ seed: 5, users: 20, target: { use: 'calibrated' }, load: { durationMs: 500 } });
  });

  test('throws every mistake at once, each with its place', async () => {
    const error = await refusal(plan({ ...SCENARIO, users: 1, target: { use: 'calibratd' } }));
    expect(error.name).toBe('ScenarioError');
    expect(error.problems.map(({ code, place }: Problem) => [code, place.path])).toEqual([
      ['unknown-target', 'target.use'],
      ['out-of-range', 'users'],
    ]);
    expect(error.message).toContain('did you mean "calibrated"?');
  });
});

describe('run', () => {
  test('returns the result, writes the folder, reports its progress, and prints nothing', async () => {
    const written = vi.spyOn(process.stdout, 'write');
    const complained = vi.spyOn(process.stderr, 'write');
    const events: RunEvent[] = [];
    const { result, runDir, reportPath } = await run(SCENARIO, { outDir, seed: 1, onProgress: (event) => events.push(event) });
    expect(result).toMatchObject({ verdict: 'pass', seed: 1, delivery: { lost: 0 } });
    expect(JSON.parse(readFileSync(join(runDir, 'result.json'), 'utf8'))).toEqual(result);
    expect(readFileSync(reportPath, 'utf8')).toContain('<html');
    expect(events.filter(({ kind }) => kind === 'phase')).toMatchObject(
      ['start', 'connect', 'load', 'drain', 'judge'].map((phase) => ({ phase })),
    );
    expect([written.mock.calls, complained.mock.calls]).toEqual([[], []]);
  });

  test('is ended by its signal, and leaves no process', async () => {
    const abort = new AbortController();
    const started = vi.fn();
    const running = run(
      { ...SCENARIO, load: { rate: '50/s', duration: '1m' } },
      {
        outDir,
        signal: abort.signal,
        onProgress: (event) => {
          if (event.kind !== 'phase' || event.phase !== 'load') return;
          started();
          abort.abort(new Error('enough'));
        },
      },
    );
    await expect(running).rejects.toThrow('enough');
    expect(started).toHaveBeenCalledOnce();
    expect(existsSync(join(outDir, 'data'))).toBe(false);
  });

  test('refuses a fault that needs an arena, unless it is told to play in one', async () => {
    const drill = run(FULL_DISK, { outDir });
    await expect(drill).rejects.toThrow(RunError);
    await expect(drill).rejects.toThrow(/disk-full.*\n.*arena: true/);
  });
});

describe('run in an arena', () => {
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });

  test.skipIf(whyNot !== null)('fills a disk of its own, and reports to the outside like any run', async () => {
    const written = vi.spyOn(process.stdout, 'write');
    const events: RunEvent[] = [];
    const { result, runDir, reportPath } = await run(FULL_DISK, {
      arena: true,
      outDir,
      seed: 3,
      onProgress: (event) => events.push(event),
    });
    expect(result).toMatchObject({ seed: 3, environment: { arena: true }, delivery: { lost: 0 } });
    expect(result.faults).toMatchObject([{ kind: 'disk-full', verified: true }]);
    expect(JSON.parse(readFileSync(join(runDir, 'result.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(result)));
    expect(readFileSync(reportPath, 'utf8')).toContain('<html');
    expect(events).toContainEqual(expect.objectContaining({ kind: 'fault', fault: 'disk-full', what: 'injected', ok: true }));
    expect(written).not.toHaveBeenCalled();
  });

  test.skipIf(whyNot !== null)('is ended by its signal, or by a watcher that throws, and leaves no process', async () => {
    const long = { ...SCENARIO, load: { rate: '50/s', duration: '1m' } };
    for (const how of ['signal', 'throw']) {
      const abort = new AbortController();
      let inside: readonly number[] = [];
      const running = run(long, {
        arena: true,
        outDir: join(outDir, how),
        signal: abort.signal,
        onProgress: (event) => {
          if (event.kind !== 'phase' || event.phase !== 'load') return;
          inside = childrenOf(process.pid);
          if (how === 'throw') throw new Error('enough');
          abort.abort(new Error('enough'));
        },
      });
      await expect(running).rejects.toThrow('enough');
      expect(inside.length).toBeGreaterThan(0);
      expect(inside.filter((osPid) => isAlive(osPid))).toEqual([]);
      expect(existsSync(join(outDir, how, 'data'))).toBe(false);
    }
  });

  test.skipIf(whyNot !== null)('throws what the run inside throws', async () => {
    const foreign = { ...SCENARIO, load: { driver: 'http', url: 'http://192.0.2.1', requests: [{ path: '/' }], duration: '1s' } };
    await expect(run(foreign as ScenarioInput, { arena: true, outDir })).rejects.toThrow(ForeignEndpointError);
  });

  test('says why there can be no arena', async () => {
    process.env.PATH = outDir;
    const refused = run(SCENARIO, { arena: true, outDir });
    await expect(refused).rejects.toThrow(RunError);
    await expect(refused).rejects.toThrow(/^an arena cannot be made: /);
  });
});

test('explore refuses a kind that it never draws, and names those that it does', async () => {
  const error = await refusal(explore({ target: 'calibrated', faults: ['kil-node'] }));
  expect(error.message).toMatch(/kil-node: is not a kind.*\n {2}did you mean "kill-node"\?/);
});

test('report builds the reports of a run again, and refuses a folder without a run', async () => {
  const { runDir } = await run(SCENARIO, { outDir, seed: 1 });
  const again = join(outDir, 'again');
  expect(await report(runDir, { outDir: again })).toMatchObject({
    kind: 'run',
    result: { verdict: 'pass' },
    reportPath: join(again, 'report.html'),
  });
  expect(existsSync(join(again, 'junit.xml'))).toBe(true);
  writeFileSync(join(outDir, 'result.json'), '{}');
  expect((await refusal(report(outDir))).message).toMatch(/is not a result of this version/);
});

test('a standing target serves run after run, returns after a kill, and leaves nothing when it is stopped', async () => {
  const standing = await StandingTarget.start({ use: 'calibrated', durability: 'memory' });
  const [node] = standing.deployment?.nodes ?? [];
  try {
    const first = await standing.run(await plan(SCENARIO), { outDir: join(outDir, '1') });
    const osPid = node?.osPid;
    expect(first.result).toMatchObject({ verdict: 'pass', delivery: { lost: 0 } });
    const again = await standing.run(await plan(SCENARIO), { outDir: join(outDir, '2') });
    expect(again.result).toMatchObject({ verdict: 'pass', delivery: { lost: 0, duplicatesVisible: 0 } });
    expect(node?.osPid).toBe(osPid);
    await node?.kill();
    expect((await standing.run(await plan(SCENARIO), { outDir: join(outDir, '3') })).result.verdict).toBe('pass');
    expect(node?.incarnation).toBe(2);
  } finally {
    const osPid = node?.osPid as number;
    await standing.stop();
    expect(isAlive(osPid)).toBe(false);
  }
});
