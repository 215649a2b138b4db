/** memory-pressure: a process beside the nodes takes an amount of memory and holds it. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { sizeBytes } from '../../../../plan/scenario/units.ts';
import { eventually } from '../../eventually.ts';
import type { FaultKind, Injection, Verification } from '../../fault.ts';
import { OwnedChild } from '../../machine/owned-child.ts';
import { written } from '../../written.ts';

const MIB = 1024 ** 2;

const amount = sizeBytes({ min: MIB, max: 1024 ** 4, words: '1MiB to 1024GiB' });

const settings = z.strictObject({
  size: written(amount).meta({ description: 'how much to take' }),
});
type Settings = z.infer<typeof settings>;

interface Handle {
  readonly bytes: number;
  readonly ballast: OwnedChild;
  /** What the process held before it took anything. */
  readonly heldBefore: number;
  readonly availableBefore: number | null;
}

/**
 * Maximum share of the memory that the machine has left: beyond it, the kernel chooses a process to kill, which may not belong to this run.
 */
const MOST = 0.8;
/** What a memory figure of the kernel may be off by. */
const ENOUGH = 0.95;
const GIVEN_BACK_WITHIN_MS = 5_000;

export const memoryPressure: FaultKind<Settings, Handle> = {
  kind: 'memory-pressure',
  summary: 'a process beside the nodes takes memory and holds it',
  requires: ['procfs'],
  heals: 'the process is ended after `for`',
  duration: 'optional',
  settings,

  async inject({ size: given }, context) {
    const size = amount.parse(given);
    const availableBefore = await availableBytes();
    if (availableBefore !== null && size > availableBefore * MOST) {
      throw new Error(
        `${mib(size)} is more than ${MOST * 100}% of the ${mib(availableBefore)} that this machine has left; ask for less`,
      );
    }
    const ballast = await OwnedChild.start('ballast', [], context.journal);
    try {
      const heldBefore = (await heldBytes(ballast.identity.pid)) ?? 0;
      await ballast.ask(size);
      const injectedAtUs = context.nowUs();
      const handle = { bytes: size, ballast, heldBefore, availableBefore };
      return { target: mib(size), injectedAtUs, affected: 'everybody', handle };
    } catch (error) {
      await ballast.end();
      throw error;
    }
  },

  async verify({ handle }: Injection<Handle>): Promise<Verification> {
    const held = await heldBytes(handle.ballast.identity.pid);
    const taken = held === null ? null : held - handle.heldBefore;
    const available = await availableBytes();
    return {
      verified: taken !== null && taken >= handle.bytes * ENOUGH,
      evidence: [
        `asked for ${mib(handle.bytes)}; the process holds ${taken === null ? 'NOTHING' : `${mib(taken)} more than before`}`,
        `available to others: ${megabytes(handle.availableBefore)} before, ${megabytes(available)} now`,
      ],
    };
  },

  async undo({ handle }: Injection<Handle>): Promise<Verification> {
    const held = await availableBytes();
    const gone = await handle.ballast.end();
    const available = await eventually(
      availableBytes,
      // Other processes come and go in the meantime: if half of it is back, it came from the ballast and not from them.
      (now) => now === null || held === null || now - held >= handle.bytes / 2,
      GIVEN_BACK_WITHIN_MS,
    );
    return {
      verified: gone,
      evidence: [
        `the process ${gone ? 'no longer exists' : 'STILL EXISTS'}; available to others: ${megabytes(held)} before, ${megabytes(available)} now`,
      ],
    };
  },
};

/** Resident or swapped out: taken from others either way. Null when the process is gone. */
async function heldBytes(osPid: number): Promise<number | null> {
  const text = await readFile(`/proc/${osPid}/status`, 'utf8').catch(() => '');
  const field = (name: string): number | null => {
    const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text);
    return match === null ? null : Number(match[1]) * 1024;
  };
  const resident = field('VmRSS');
  return resident === null ? null : resident + (field('VmSwap') ?? 0);
}

async function availableBytes(): Promise<number | null> {
  const match = /^MemAvailable:\s+(\d+) kB/m.exec(await readFile('/proc/meminfo', 'utf8').catch(() => ''));
  return match === null ? null : Number(match[1]) * 1024;
}

const mib = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`;
const megabytes = (bytes: number | null): string => (bytes === null ? 'unknown' : mib(bytes));
