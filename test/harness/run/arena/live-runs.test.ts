import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LiveRegistration, liveRuns } from '../../../../harness/run/arena/live-runs.ts';
import { identify } from '../../../../harness/run/arena/process-identity.ts';
import { Neighbours } from '../../../../harness/run/conductor/neighbours.ts';

let state = '';
let sleeper: ChildProcess;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'letitcrash-live-'));
  sleeper = spawn('sleep', ['1000'], { stdio: 'ignore' });
});
afterEach(() => {
  sleeper.kill('SIGKILL');
  rmSync(state, { recursive: true, force: true });
});

/** The entry of another run: this process's own, with some of it changed. */
function another(changes: Record<string, unknown>): string {
  const mine = new LiveRegistration('run other', '/tmp/other', state);
  const [name] = readdirSync(state) as [string];
  const entry = JSON.parse(readFileSync(join(state, name), 'utf8')) as object;
  mine.end();
  const path = join(state, `other-${readdirSync(state).length}.json`);
  writeFileSync(path, JSON.stringify({ ...entry, ...changes }));
  return path;
}

describe('runs that are going on', () => {
  it('see each other but not themselves, until they end', () => {
    const one = new LiveRegistration('run one', '/tmp/one', state);
    expect(one.others()).toEqual([]);
    const two = new LiveRegistration('run two', '/tmp/two', state);
    expect(one.others()).toMatchObject([{ what: 'run two', folder: '/tmp/two' }]);
    expect(two.others()).toMatchObject([{ what: 'run one' }]);
    two.end();
    expect(one.others()).toEqual([]);
    one.end();
    expect(readdirSync(state)).toEqual([]);
  });

  it('are recognised by their process, and forgotten if that is gone or its id belongs to another', () => {
    const { pid, start } = identify(sleeper.pid as number) ?? { pid: 0, start: '' };
    const alive = another({ pid, start });
    const gone = another({ pid, start: '17' });
    const before = another({ pid, start, bootId: 'another' });
    expect(liveRuns(state)).toHaveLength(1);
    expect([alive, gone, before].map((path) => existsSync(path))).toEqual([true, false, false]);
  });

  it('in another container are recognised by their last sign of life, and never removed from here', () => {
    const path = another({ pidNamespace: 'pid:[1]', pid: 1, start: '1' });
    expect(liveRuns(state)).toMatchObject([{ what: 'run other' }]);
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(path, longAgo, longAgo);
    expect(liveRuns(state)).toEqual([]);
    expect(existsSync(path)).toBe(true);
  });

  it('on another machine are not listed, nor is a file that is not an entry', () => {
    another({ machineId: 'another' });
    writeFileSync(join(state, 'half.json'), '{"what":');
    expect(liveRuns(state)).toEqual([]);
  });

  it('need no state folder', () => {
    writeFileSync(join(state, 'file'), '');
    const run = new LiveRegistration('run one', '/tmp/one', join(state, 'file', 'live'));
    expect(run.others()).toEqual([]);
    run.end();
  });
});

describe('a run beside another', () => {
  it('mentions it once, and counts the time only while it measures', () => {
    const told: string[] = [];
    let isMeasuring = false;
    const run = new Neighbours({
      what: 'run one',
      folder: '/tmp/one',
      stateFolder: state,
      isMeasuring: () => isMeasuring,
      onSeen: ({ what }) => told.push(what),
    });
    const other = new LiveRegistration('run two', '/tmp/two', state);
    run.look();
    run.look();
    expect([told, run.seen]).toEqual([['run two'], []]);
    isMeasuring = true;
    run.look();
    expect(run.seen).toMatchObject([{ what: 'run two', folder: '/tmp/two' }]);
    for (let look = 0; look < 20; look += 1) {
      const before = run.seen[0]?.forMs;
      run.look();
      expect(run.seen[0]?.forMs).toBeGreaterThan(before as number);
    }
    const forMs = run.seen[0]?.forMs;
    other.end();
    run.look();
    expect(run.seen).toMatchObject([{ forMs }]);
    run.end();
    expect(readdirSync(state)).toEqual([]);
  });
});
