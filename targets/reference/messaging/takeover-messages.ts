/** The messages between nodes when a user moves from one to another; takeover.ts describes the procedure. */
import type { Pid } from '../runtime/pid.ts';

/** A device that signed in at the claimant's, and the epoch of that connection, by which the later of two is told. */
export interface ClaimedDevice {
  readonly device: string;
  readonly epoch: number;
}

/** To the owner's registry process: give the user up, a device of it is here. */
export interface ReleaseRequest {
  readonly type: 'release';
  readonly user: string;
  /** The owner's. */
  readonly epoch: number;
  readonly devices: readonly ClaimedDevice[];
  readonly claimant: Pid;
}

/** The owner's registry process to the owner. */
export interface YieldMessage {
  readonly type: 'yield';
  readonly devices: readonly ClaimedDevice[];
  readonly claimant: Pid;
}

/** To the claimant: the owner with this epoch neither writes nor delivers any more. */
export interface ReleasedMessage {
  readonly type: 'released';
  readonly epoch: number;
}

/** To the claimant: another device of the user is connected here, or the same one since then, so this is where the user lives. */
export interface OccupiedMessage {
  readonly type: 'occupied';
  readonly node: string;
}

/** The claimant's timer: the owner did not answer (`silent`), or has had the time to find out (`grace`). */
export interface ClaimTick {
  readonly type: 'claim-tick';
  readonly what: 'silent' | 'grace';
  /** The owner's epoch it was set for. */
  readonly epoch: number;
}
