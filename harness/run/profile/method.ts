/** A profiling method: how one node is recorded, and what is made from it afterwards. */
import type { Profile, ProfileKind } from '../../evidence/result/profile.ts';
import type { Inspector } from './inspector.ts';

export interface ProfileMethod {
  readonly kind: ProfileKind;
  /** Prepares a node for recording, so that starting costs it little. */
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
  /** Makes the files in an existing folder, named after the node. Not during a load, because it may take long. */
  write(folder: string, node: string): Promise<Written>;
}

export interface Written {
  /** Paths are relative to the folder. */
  readonly files: Profile['files'];
  readonly stacks: Profile['stacks'];
  readonly notes: readonly string[];
}
/** What is prepared before a run, because it may take long; cut short by the signal. */

export interface Preparing {
  readonly signal: AbortSignal;
  readonly progress: (message: string) => void;
}
