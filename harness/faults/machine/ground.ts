/**
 * What must be in place before the deployment starts for the faults of a plan that act on the machine under it: a disk that can be full,
 * a clock that can be moved. Without such faults the deployment stands on the bare machine.
 */
import { join } from 'node:path';
import type { Recorder } from '../../arena/journal.ts';
import type { FaultPlan } from '../../scenario/plan.ts';
import { CLOCK_JUMP } from '../clock-jump.ts';
import { DISK_FULL, diskBytes } from '../disk-full.ts';
import { FalseClock } from './false-clock.ts';
import { LimitedDisk } from './limited-disk.ts';

export interface Ground {
  readonly disk: LimitedDisk | null;
  readonly clock: FalseClock | null;
  /** For the node processes. */
  readonly env: Readonly<Record<string, string>>;
  /** After the deployment is stopped. */
  restore(): Promise<void>;
}

/** The bare machine. */
export const bareGround: Ground = { disk: null, clock: null, env: {}, restore: () => Promise.resolve() };

export interface GroundPlaces {
  /** The deployment's data; exists, and is empty. */
  readonly data: string;
  /** The run folder. */
  readonly path: string;
}

/** @throws when something cannot be put in place; nothing is left then that its journal does not say. */
export async function prepareGround(faults: readonly FaultPlan[], places: GroundPlaces, journal: Recorder): Promise<Ground> {
  const fills = faults.filter(({ kind }) => kind === DISK_FULL);
  const disk = fills.length === 0 ? null : await LimitedDisk.mount(places.data, Math.max(...fills.map(diskBytes)), journal);
  const jumps = faults.some(({ kind }) => kind === CLOCK_JUMP);
  const clock = jumps ? await FalseClock.make(join(places.path, 'clock'), journal) : null;
  return {
    disk,
    clock,
    env: clock?.env ?? {},
    async restore() {
      await clock?.remove();
      await disk?.unmount();
    },
  };
}
