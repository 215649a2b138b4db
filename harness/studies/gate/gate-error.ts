import { type Blame, ToldError } from '../../evidence/result/told-error.ts';

/** Why a gate gives no verdict: what was asked cannot be done, or the machine or a tool was not up to it. */
export class GateError extends ToldError {
  override readonly name = 'GateError';
  override readonly blames: Blame;
  /** `message` has place and value on its first line, and the remedy on the following lines. */
  constructor(blames: 'request' | 'machine', message: string) {
    super(message);
    this.blames = blames;
  }
}
