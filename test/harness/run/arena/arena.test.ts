import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whyNoArena } from '../../../../harness/run/arena/namespaces.ts';
import { identify, isAlive, type ProcessIdentity } from '../../../../harness/run/arena/process-identity.ts';
import { until } from '../../../until.ts';

const LAUNCHER = fileURLToPath(new URL('./launcher.ts', import.meta.url));
const noArena = await whyNoArena();

interface Inner {
  readonly pid: number;
  readonly uid: number;
  readonly arena: ProcessIdentity;
}

/** Every process below one, as the kernel lists them. */
function below(pid: number): number[] {
  const children = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
  return children.flatMap((child) => [child, ...below(child)]);
}

/** Of all processes that are alive, those in this network namespace. */
function inNetwork(namespace: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/ns/net`) === namespace;
    } catch {
      return false;
    }
  });
}

let launcher: ChildProcess;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-arena-'));
});
afterEach(() => {
  launcher.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function launch(act: string): Promise<Inner> {
  launcher = spawn(process.execPath, [LAUNCHER, act, join(folder, 'file')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(launcher.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return JSON.parse(line.toString()) as Inner;
}

describe.skipIf(noArena !== null)('an arena', () => {
  it('is a world of its own: process 1, root, a loopback interface that is up, and an exit code that reaches the outside', async () => {
    const inner = await launch('end');
    expect(inner).toMatchObject({ pid: 1, uid: 0 });
    const [code] = (await once(launcher, 'exit')) as [number];
    expect(code).toBe(42);
    expect(isAlive(inner.arena)).toBe(false);
  });

  it('leaves its files to the user who started it', async () => {
    await launch('end');
    expect(statSync(join(folder, 'file')).uid).toBe(process.getuid?.());
  });

  it('passes signals on, although process 1 does not react to them', async () => {
    await launch('signal');
    launcher.kill('SIGTERM');
    expect((await once(launcher, 'exit'))[0]).toBe(43);
  });

  it('ends on a signal that nobody handles, with the exit code of a shell', async () => {
    await launch('stay');
    launcher.kill('SIGTERM');
    expect((await once(launcher, 'exit'))[0]).toBe(128 + 15);
  });

  it.each([
    ['the launcher', () => launcher.pid as number],
    ['the process that holds the namespaces', ({ arena }: Inner) => arena.pid],
    ['process 1', ({ arena }: Inner) => below(arena.pid)[0] as number],
  ])('ends as a whole when %s is killed: no process, and so no port, mount or namespace', async (name, whom) => {
    const inner = await launch('stay');
    const pids = below(launcher.pid as number);
    expect(pids).toHaveLength(3);
    const network = readlinkSync(`/proc/${inner.arena.pid}/ns/net`);
    expect(inNetwork(network).length).toBe(3);
    const all = pids.flatMap((pid) => identify(pid) ?? []);
    process.kill(whom(inner), 'SIGKILL');
    const ended = launcher.exitCode === null && launcher.signalCode === null ? once(launcher, 'exit') : null;
    await until(() => !all.some(isAlive), 'everything is gone');
    await ended;
    // Never an exit code that the run might have given.
    expect(launcher.exitCode ?? launcher.signalCode).toBe(name === 'the launcher' ? 'SIGKILL' : 128 + 9);
    expect(inNetwork(network)).toEqual([]);
    expect(existsSync(`/proc/${inner.arena.pid}/ns/net`)).toBe(false);
  });
});

describe('without an arena', () => {
  it('the reason is given in words if the tools are missing', async () => {
    const path = process.env.PATH;
    process.env.PATH = folder;
    try {
      launcher = spawn(process.execPath, ['-e', '']);
      expect(await whyNoArena()).toMatch(process.platform === 'linux' ? /setpriv is not installed/ : /Linux/);
    } finally {
      process.env.PATH = path;
    }
  });
});
