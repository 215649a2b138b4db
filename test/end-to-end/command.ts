import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../harness/front/cli/letitcrash.js', import.meta.url));

/** A running `letitcrash` command, with what it has printed so far. */
export class Command {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #ended: Promise<number | null>;

  /** `ownGroup`: as a shell starts it, in a process group of its own, so that `interrupt` is what Ctrl-C at the terminal is. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}, ownGroup = false) {
    this.child = spawn(process.execPath, [launcher, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...env },
      detached: ownGroup,
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.#ended = once(this.child, 'close').then(([code]) => code as number | null);
  }

  /** The exit code; null after a signal. */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  /** Signals the whole process group; only for one that has its own. */
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-(this.child.pid as number), signal);
  }

  /** Pids of every process below this one. */
  descendants(): number[] {
    const below = new Set<number>([this.child.pid as number]);
    const parents = parentsByPid();
    for (let grown = true; grown; ) {
      grown = false;
      for (const [pid, parent] of parents) {
        if (below.has(parent) && !below.has(pid)) {
          below.add(pid);
          grown = true;
        }
      }
    }
    below.delete(this.child.pid as number);
    return [...below];
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The command line of a process, empty when it is gone. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Addresses (host:port) on which these processes listen, as the kernel lists them. */
export function listeningAddresses(pids: readonly number[]): { host: string; port: number }[] {
  const inodes = new Set(pids.flatMap(socketInodes));
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && inodes.has(inode ?? ''))
    .map(([, local]) => {
      const [address = '', port = ''] = (local ?? '').split(':');
      const bytes =
        address
          .match(/../g)
          ?.map((byte) => Number.parseInt(byte, 16))
          .reverse() ?? [];
      return { host: bytes.join('.'), port: Number.parseInt(port, 16) };
    });
}

export function isRefused({ host, port }: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}

function parentsByPid(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended while we looked.
    }
  }
  return parents;
}

function socketInodes(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
