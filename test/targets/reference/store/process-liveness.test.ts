/** A node is dead when its OS process is: the kernel is asked, and not more often than it has to be. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { type OsProcess, ProcessLiveness, startOf } from '../../../../targets/reference/store/process-liveness.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function started(...command: readonly [string, ...string[]]): ChildProcess {
  const [file, ...args] = command;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  return child;
}

function named(osPid: number): OsProcess {
  return { osPid, osStart: startOf(osPid) ?? '' };
}

test('a process is alive until it is gone, and dead from then on, even if it was asked about a moment ago', async () => {
  const child = started('sleep', '60');
  const liveness = new ProcessLiveness();
  const process = named(child.pid as number);
  expect(liveness.lives(process)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(liveness.lives(process)).toBe(false);
});

test('the kernel is asked once about a process that is gone, and as often as before about others', async () => {
  const [child, other] = [started('sleep', '60'), started('sleep', '60')];
  const liveness = new ProcessLiveness();
  const [gone, alive] = [named(child.pid as number), named(other.pid as number)];
  child.kill('SIGKILL');
  await once(child, 'exit');
  const asked = vi.spyOn(process, 'kill');
  try {
    for (let times = 0; times < 50; times++) expect(liveness.lives(gone)).toBe(false);
    expect(asked).toHaveBeenCalledTimes(1);
    for (let times = 0; times < 50; times++) expect(liveness.lives(alive)).toBe(true);
    expect(asked).toHaveBeenCalledTimes(51);
    // So many others that it is forgotten: then it is asked about again.
    for (let osPid = 0; osPid < 64; osPid++) expect(liveness.lives({ osPid: 4_194_304 + osPid, osStart: '1' })).toBe(false);
    asked.mockClear();
    expect(liveness.lives(gone)).toBe(false);
    expect(asked).toHaveBeenCalledTimes(1);
  } finally {
    asked.mockRestore();
  }
});

test('a later process with the same number is a different one', () => {
  const child = started('sleep', '60');
  const liveness = new ProcessLiveness();
  const process = named(child.pid as number);
  expect(liveness.lives(process)).toBe(true);
  expect(liveness.lives({ ...process, osStart: '1' })).toBe(false);
});

test.runIf(process.platform === 'linux')(
  'a process that has died is recognised as dead although nobody has reaped it',
  async () => {
    // The shell becomes a program that does not know of its child; the child ends when it is told to.
    const parent = started('sh', '-c', 'sleep 60 & echo $!; exec sleep 60');
    const [line] = (await once(parent.stdout as NodeJS.EventEmitter, 'data')) as [Buffer];
    const osPid = Number(line.toString());
    const liveness = new ProcessLiveness();
    const process_ = named(osPid);
    expect(liveness.lives(process_)).toBe(true);
    // While it is still the shell, it would reap its child.
    await expect.poll(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8')).toBe('sleep\n');
    process.kill(osPid, 'SIGKILL');
    await expect.poll(() => liveness.lives(process_)).toBe(false);
    // It still has its number.
    expect(() => process.kill(osPid, 0)).not.toThrow();
  },
);

test.runIf(process.platform === 'linux')(
  'the owner of a process id is looked up once, and no file stays open for a process that is gone',
  async () => {
    const child = started('sleep', '60');
    const liveness = new ProcessLiveness();
    const process_ = named(child.pid as number);
    const now = vi.spyOn(performance, 'now');
    try {
      for (let look = 1; look <= 50; look++) {
        now.mockReturnValue(look * 1_000);
        expect(liveness.lives(process_)).toBe(true);
        expect(heldFiles(process_)).toBe(1);
      }
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(liveness.lives(process_)).toBe(false);
      expect(heldFiles(process_)).toBe(0);
    } finally {
      now.mockRestore();
    }
  },
);

function heldFiles({ osPid }: OsProcess): number {
  const held = readdirSync('/proc/self/fd').map((file) => {
    try {
      return readlinkSync(`/proc/self/fd/${file}`);
    } catch {
      return '';
    }
  });
  return held.filter((path) => path === `/proc/${osPid}/statm`).length;
}
