/**
 * What this machine can do for a run: limits, capabilities, peers and noise, each with its state, why it matters and what to do. Reads
 * only: nothing is installed, changed or left behind.
 */

import { access, constants, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { availableParallelism, freemem, tmpdir, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import { formatMachineMemory, formatMs } from '../result/format.ts';
import { errorText } from '../result/printable.ts';
import { thisMachine } from './environment.ts';
import { machineFingerprint } from './fingerprint.ts';

/** `missing` is used only for what a run cannot do without; `absent` is optional. */
type DoctorState = 'ok' | 'poor' | 'absent' | 'missing';

export interface DoctorCheck {
  readonly name: string;
  readonly state: DoctorState;
  readonly found: string;
  readonly why: string;
  /** What would improve it; null if nothing needs to be done. */
  readonly remedy: string | null;
}

const OLDEST_NODE = 24;
const GIB = 1024 ** 3;

/** All checks, in order of importance. Takes about a second; never throws. */
export async function examineMachine(): Promise<DoctorCheck[]> {
  return [
    nodeVersion(),
    kindOfMachine(),
    await openFiles(),
    cores(),
    memory(),
    await procfs(),
    await loopbackAddresses(),
    await disk(),
    noise(),
    ...(await Promise.all(PEERS.map(peer))),
  ];
}

function nodeVersion(): DoctorCheck {
  const ok = Number(process.versions.node.split('.')[0]) >= OLDEST_NODE;
  return {
    name: 'node',
    state: ok ? 'ok' : 'missing',
    found: process.versions.node,
    why: `the code is TypeScript that Node ${OLDEST_NODE} runs directly`,
    remedy: ok ? null : `use Node ${OLDEST_NODE} or newer`,
  };
}

function kindOfMachine(): DoctorCheck {
  const found = machineFingerprint(thisMachine());
  return { name: 'machine', state: 'ok', found, why: 'absolute figures hold only for this kind of machine', remedy: null };
}

/** Enough for one worker's 15,000 connections; a lower limit means more workers. */
const ENOUGH_FILES = 16_384;

async function openFiles(): Promise<DoctorCheck> {
  const why = 'each connection is an open file of the generator and of the server';
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const match = /^Max open files\s+(\d+)\s+(\d+)/m.exec(limits);
  if (match === null) {
    return { name: 'open files', state: 'poor', found: 'unknown', why, remedy: 'check that ulimit -n says at least 16384' };
  }
  const soft = Number(match[1]);
  const ok = soft >= ENOUGH_FILES;
  const remedy = `ulimit -n ${Math.max(Number(match[2]), ENOUGH_FILES)} in the shell that starts letitcrash`;
  return {
    name: 'open files',
    state: ok ? 'ok' : 'poor',
    found: `${soft} (at most ${match[2]})`,
    why,
    remedy: ok ? null : remedy,
  };
}

function cores(): DoctorCheck {
  const count = availableParallelism();
  return {
    name: 'cores',
    state: count >= 2 ? 'ok' : 'poor',
    found: String(count),
    why: 'generator and server each need a core, or one disturbs the measurement of the other',
    remedy: count >= 2 ? null : 'use a machine with two cores or more',
  };
}

function memory(): DoctorCheck {
  const ok = totalmem() >= 2 * GIB;
  return {
    name: 'memory',
    state: ok ? 'ok' : 'poor',
    found: `${formatMachineMemory(totalmem())}, ${(freemem() / GIB).toFixed(1)} GiB free`,
    why: 'the rows of every message are kept until the run is judged',
    remedy: ok ? null : 'keep rate times duration below a million messages',
  };
}

async function procfs(): Promise<DoctorCheck> {
  const readable = await readFile('/proc/self/smaps_rollup', 'utf8').then(
    (text) => text.includes('Pss:'),
    () => false,
  );
  return {
    name: '/proc',
    state: readable ? 'ok' : 'absent',
    found: readable ? 'smaps_rollup is readable' : 'no smaps_rollup',
    why: 'memory per connection and processor time of the nodes are read there',
    remedy: readable ? null : 'use Linux for memory figures; load, faults and delivery work elsewhere too',
  };
}

async function loopbackAddresses(): Promise<DoctorCheck> {
  const listening = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(0, '127.250.250.1', () => server.close(() => resolve(true)));
  });
  return {
    name: 'loopback addresses',
    state: listening ? 'ok' : 'poor',
    found: listening ? 'all of 127.0.0.0/8' : 'only 127.0.0.1',
    why: 'nodes are distinguished by address, and one source address has only about 28,000 ports',
    remedy: listening ? null : 'add aliases, like: sudo ifconfig lo0 alias 127.0.1.1',
  };
}

const FLUSHES = 20;
const SLOW_FLUSH_MS = 20;

async function disk(): Promise<DoctorCheck> {
  const why = 'with durability fsync no acknowledgement is faster than a flush';
  const folder = await mkdtemp(join(tmpdir(), 'letitcrash-doctor-'));
  try {
    const file = await open(join(folder, 'flush'), 'w');
    const times: number[] = [];
    for (let i = 0; i < FLUSHES; i++) {
      await file.write('x'.repeat(4096));
      const start = process.hrtime.bigint();
      await file.datasync();
      times.push(Number(process.hrtime.bigint() - start) / 1e6);
    }
    await file.close();
    const median = times.sort((a, b) => a - b)[FLUSHES / 2] as number;
    const ok = median < SLOW_FLUSH_MS;
    const remedy = 'put the run folder on a faster disk (--out), or measure durability commit';
    return {
      name: 'disk',
      state: ok ? 'ok' : 'poor',
      found: `a flush takes ${formatMs(median)}`,
      why,
      remedy: ok ? null : remedy,
    };
  } catch (error) {
    const found = errorText(error);
    return { name: 'disk', state: 'poor', found, why, remedy: 'make the folder for temporary files writable' };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const NOISE_ROUNDS = 40;
const NOISE_LOOPS = 1_000_000;
const MUCH_NOISE = 0.25;

/** Does the same small piece of work repeatedly: how much do a good and a bad round differ? */
function noise(): DoctorCheck {
  const times: number[] = [];
  let sum = 0;
  for (let round = 0; round < NOISE_ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < NOISE_LOOPS; i++) sum = (sum * 31 + i) % 1_000_003;
    times.push(Number(process.hrtime.bigint() - start));
  }
  // The first rounds measure the compiler.
  const steady = times.slice(NOISE_ROUNDS / 4).sort((a, b) => a - b);
  const at = (share: number): number => steady[Math.floor(share * (steady.length - 1))] as number;
  const spread = (at(0.9) - at(0.1)) / at(0.5);
  const ok = spread < MUCH_NOISE && sum >= 0;
  return {
    name: 'noise',
    state: ok ? 'ok' : 'poor',
    found: `the same work varies by ${Math.round(spread * 100)}%`,
    why: 'on a shared machine, single figures mean little',
    remedy: ok ? null : 'stop other work, and compare only figures from runs that took turns',
  };
}

interface Peer {
  readonly name: string;
  /** Any of these on the PATH is enough. */
  readonly commands: readonly string[];
  readonly why: string;
  readonly remedy: string;
}

const PEERS: readonly Peer[] = [
  {
    name: 'chromium',
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    why: 'tests check the HTML report in a real browser',
    remedy: 'apt-get install chromium',
  },
  { name: 'erlang', commands: ['erl'], why: 'the runtime is compared with Erlang/OTP', remedy: 'apt-get install erlang-base' },
  { name: 'k6', commands: ['k6'], why: 'k6 can generate the load and be compared', remedy: 'install it from https://k6.io' },
];

async function peer({ name, commands, why, remedy }: Peer): Promise<DoctorCheck> {
  for (const command of commands) {
    const path = await onPath(command);
    if (path !== null) return { name, state: 'ok', found: path, why, remedy: null };
  }
  return { name, state: 'absent', found: 'not on the PATH', why, remedy };
}

async function onPath(command: string): Promise<string | null> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, command);
    if (
      folder !== '' &&
      (await access(path, constants.X_OK).then(
        () => true,
        () => false,
      ))
    ) {
      return path;
    }
  }
  return null;
}
