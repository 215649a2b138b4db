/** A way to profile: how one node is recorded, and what is made of it afterwards. */
import type { Profile, ProfileKind } from '../../evidence/result/profile.ts';
import type { Inspector } from './inspector.ts';

export interface ProfileMethod {
  readonly kind: ProfileKind;
  /** Makes a node ready to be recorded, so that to begin costs it little. */
  prepare(inspector: Inspector): Promise<NodeRecording>;
}

export interface NodeRecording {
  begin(): Promise<void>;
  /** Takes from the node what was recorded. */
  end(): Promise<Taken>;
  /** Removes what it left on disk; at the end of every recording, ended or not. */
  discard(): void;
}

export interface Taken {
  /** Makes the files in a folder that exists, named after the node. Not while a load goes on: it may take long. */
  write(folder: string, node: string): Promise<Written>;
}

export interface Written {
  /** Paths are relative to the folder. */
  readonly files: Profile['files'];
  readonly stacks: Profile['stacks'];
  readonly notes: readonly string[];
}
/** What is made ready before a run, since it may take long; cut short by the signal. */

export interface Preparing {
  readonly signal: AbortSignal;
  readonly progress: (message: string) => void;
}
