/**
 * What must be in place before the deployment starts for the faults of a plan that act on the machine under it: a disk that can be full, a
 * clock that can be moved. Without such faults the deployment runs on the bare machine.
 */
import { join } from 'node:path';
import type { Recorder } from '../../arena/journal.ts';
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

/** What one step of a schedule needs under the deployment. */
export interface GroundNeeds {
  /** A disk of its own of at least this size. */
  readonly diskBytes?: number;
  /** A wall clock that can be moved. */
  readonly clock?: true;
}

/** The bare machine. */
export const bareGround: Ground = { disk: null, clock: null, env: {}, restore: () => Promise.resolve() };

export interface GroundPlaces {
  /** The deployment's data; exists, and is empty. */
  readonly data: string;
  /** The run folder. */
  readonly path: string;
}

/**
 * Puts in place what all steps together need. @throws if something cannot be put in place; nothing is then left that is not in its journal.
 */
export async function prepareGround(needs: readonly GroundNeeds[], places: GroundPlaces, journal: Recorder): Promise<Ground> {
  const diskBytes = Math.max(0, ...needs.map((each) => each.diskBytes ?? 0));
  const disk = diskBytes === 0 ? null : await LimitedDisk.mount(places.data, diskBytes, journal);
  const clock = needs.some((each) => each.clock === true) ? await FalseClock.make(join(places.path, 'clock'), journal) : null;
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
