import { type Blame, ToldError } from '../evidence/result/told-error.ts';

/** Why a run could not take place or could not continue: the fault of the machine, the target or the generator; never a verdict. */
export type RunErrorCode =
  | 'target-unknown'
  | 'target-unavailable'
  | 'machine-lacks'
  | 'folder-in-use'
  | 'folder-unusable'
  | 'interrupted';

export class RunError extends ToldError {
  override readonly name = 'RunError';
  override readonly blames: Blame;
  readonly code: RunErrorCode;
  constructor(code: RunErrorCode, message: string) {
    super(message);
    this.code = code;
    this.blames = code === 'target-unknown' ? 'request' : 'machine';
  }
}
