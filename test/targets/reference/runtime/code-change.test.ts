/** The cases of OTP's release_handler and sys suites about changing code, and what this runtime adds: all or none. */
import { describe, expect, test } from 'vitest';
import {
  type Behaviour,
  type CodeChange,
  type Pid,
  supervisor,
  type UpgradeReport,
} from '../../../../targets/reference/runtime/index.ts';
import type { Process } from '../../../../targets/reference/runtime/process.ts';
import { createRig } from './rig.ts';

interface State {
  readonly version: number;
  readonly seen: readonly unknown[];
}

/** Version `n` of one module. Its state says which code made it, and what it has seen under which version. */
function version(n: number, codeChange?: (change: CodeChange, state: State) => State): Behaviour<State, unknown, null> {
  return {
    name: 'module',
    version: n,
    init: () => ({ version: n, seen: [] }),
    handle: (message, state) => ({ ...state, seen: [...state.seen, [n, message]] }),
    ...(codeChange === undefined ? {} : { codeChange }),
  };
}
const translating = (n: number) => version(n, ({ to }, state) => ({ ...state, version: Number(to) }));
const stateOf = (pid: Pid): State => (pid as Process).state as State;

function upgraded(rig: ReturnType<typeof createRig>, begin: (done: (report: UpgradeReport) => void) => void): UpgradeReport {
  let report: UpgradeReport | undefined;
  begin((given) => {
    report = given;
  });
  rig.platform.settle();
  return report as UpgradeReport;
}

describe('sys and release_handler', () => {
  test('suspend: a suspended process handles nothing; its messages wait, in order, and are handled by the code that it has then', () => {
    const { runtime, platform } = createRig();
    const pid = runtime.spawn(version(1), null);
    runtime.send(pid, 'before');
    platform.settle();
    runtime.suspend(pid);
    runtime.send(pid, 'a');
    runtime.send(pid, 'b');
    platform.settle();
    expect(runtime.details(pid)).toMatchObject({ status: 'suspended', messageQueueLength: 2 });
    expect(runtime.changeCode(pid, translating(2))).toEqual({ ok: true });
    runtime.resume(pid);
    platform.settle();
    expect(stateOf(pid)).toEqual({
      version: 2,
      seen: [
        [1, 'before'],
        [2, 'a'],
        [2, 'b'],
      ],
    });
  });

  test('suspend: exit signals reach a suspended process', () => {
    const { runtime, platform } = createRig();
    const pid = runtime.spawn(version(1), null);
    platform.settle();
    runtime.suspend(pid);
    runtime.exit(pid, 'boom');
    expect(runtime.isAlive(pid)).toBe(false);
  });

  test('change_code: only a suspended process changes its code', () => {
    const { runtime, platform } = createRig();
    const pid = runtime.spawn(version(1), null);
    platform.settle();
    expect(runtime.changeCode(pid, version(2))).toEqual({ error: 'not_suspended' });
  });

  test('change_code: a code_change that throws leaves the old code and the old state', () => {
    const { runtime, platform } = createRig();
    const pid = runtime.spawn(version(1), null);
    platform.settle();
    const before = stateOf(pid);
    runtime.suspend(pid);
    const bad = version(2, () => {
      throw new Error('cannot');
    });
    expect(runtime.changeCode(pid, bad)).toMatchObject({ error: { kind: 'error', message: 'Error: cannot' } });
    runtime.resume(pid);
    runtime.send(pid, 'after');
    platform.settle();
    expect(stateOf(pid)).toEqual({ ...before, seen: [[1, 'after']] });
  });

  test('upgrade: all processes of the module are migrated, no message is lost, others are not touched', () => {
    const rig = createRig();
    const { runtime, platform } = rig;
    const pids = Array.from({ length: 1000 }, () => runtime.spawn(version(1), null).toString());
    const first = version(1);
    const ours = Array.from({ length: 100 }, () => runtime.spawn(first, null));
    platform.settle();
    for (const pid of ours) runtime.send(pid, 'during');
    const report = upgraded(rig, (done) => runtime.upgrade([{ behaviour: translating(2) }], done));
    expect(report).toMatchObject({ outcome: 'upgraded', migrated: 1100, failure: null });
    expect(pids).toHaveLength(1000);
    for (const pid of ours) expect(stateOf(pid)).toMatchObject({ version: 2, seen: [[expect.anything(), 'during']] });
  });

  test('upgrade: new processes, and children that are restarted, run the new code', () => {
    const rig = createRig();
    const { runtime, platform } = rig;
    const child = { id: 'c', start: version(1), name: 'c', args: null };
    runtime.spawn(supervisor, { strategy: 'one_for_one', children: [child] });
    platform.settle();
    upgraded(rig, (done) => runtime.upgrade([{ behaviour: translating(2) }], done));
    runtime.exit(runtime.whereis('c') as Pid, 'kill');
    platform.settle();
    expect(stateOf(runtime.whereis('c') as Pid).version).toBe(2);
  });

  test('upgrade: one process whose state cannot be translated keeps all on the old code, and the error names it and says why', () => {
    const rig = createRig();
    const { runtime, platform } = rig;
    const first = version(1);
    const pids = [1, 2, 3].map(() => runtime.spawn(first, null));
    runtime.send(pids[1] as Pid, 'poison');
    platform.settle();
    const picky = version(2, (_, state) => {
      if (state.seen.length > 0) throw new Error('poisoned');
      return { ...state, version: 2 };
    });
    const report = upgraded(rig, (done) => runtime.upgrade([{ behaviour: picky }], done));
    expect(report).toMatchObject({ outcome: 'kept old code', migrated: 0, failure: { module: 'module', pid: pids[1] } });
    for (const pid of pids) runtime.send(pid, 'after');
    platform.settle();
    for (const pid of pids) expect(stateOf(pid)).toMatchObject({ version: 1 });
    expect(stateOf(pids[0] as Pid).seen).toEqual([[1, 'after']]);
    expect(stateOf(pids[1] as Pid).seen.at(-1)).toEqual([1, 'after']);
    expect(runtime.modules()).toEqual([]);
  });

  test('rollback: the code that is left translates the state back', () => {
    const rig = createRig();
    const { runtime, platform } = rig;
    const pid = runtime.spawn(version(1), null);
    platform.settle();
    upgraded(rig, (done) => runtime.upgrade([{ behaviour: translating(2) }], done));
    runtime.send(pid, 'on two');
    platform.settle();
    const report = upgraded(rig, (done) => runtime.rollback(['module'], done));
    expect(report.outcome).toBe('upgraded');
    runtime.send(pid, 'on one');
    platform.settle();
    expect(stateOf(pid)).toEqual({
      version: 1,
      seen: [
        [2, 'on two'],
        [1, 'on one'],
      ],
    });
    expect(runtime.modules()).toMatchObject([{ current: 1, old: 2 }]);
  });

  test('rollback of a module that was never upgraded is refused', () => {
    const { runtime } = createRig();
    expect(() => runtime.rollback(['module'], () => {})).toThrow('no old code');
  });

  test('soft_purge: old code is removed when its last process has left it', () => {
    const { runtime, platform } = createRig();
    const [one, two, three] = [version(1), version(2), version(3)];
    runtime.loadCode(one);
    const old = runtime.spawn(one, null);
    expect(runtime.loadCode(two)).toBe(true);
    const young = runtime.spawn(one, null);
    platform.settle();
    expect(runtime.modules()).toEqual([{ name: 'module', current: 2, old: 1, processesOnCurrent: 1, processesOnOld: 1 }]);
    expect(stateOf(young).version).toBe(2);
    expect(runtime.softPurge('module')).toBe(false);
    expect(runtime.loadCode(three)).toBe(false);
    runtime.exit(old, 'kill');
    expect(runtime.softPurge('module')).toBe(true);
    expect(runtime.modules()).toMatchObject([{ current: 2, old: null }]);
    expect(runtime.loadCode(three)).toBe(true);
  });

  test('an upgrade over old code that is still in use is refused with not_purged', () => {
    const rig = createRig();
    const { runtime, platform } = rig;
    const one = version(1);
    runtime.loadCode(one);
    runtime.spawn(one, null);
    runtime.loadCode(version(2));
    platform.settle();
    const report = upgraded(rig, (done) => runtime.upgrade([{ behaviour: version(3) }], done));
    expect(report).toMatchObject({ outcome: 'kept old code', failure: { module: 'module', reason: 'not_purged' } });
  });
});
