import { type Blame, ToldError } from '../../evidence/result/told-error.ts';

/** Why a run cannot be followed; the message is for people, and says what would be right. */
export class WatchError extends ToldError {
  override readonly name = 'WatchError';
  /** An invalid setting, or a problem of the machine. */
  readonly what: 'setting' | 'machine';
  override readonly blames: Blame;

  constructor(what: 'setting' | 'machine', message: string) {
    super(message);
    this.what = what;
    this.blames = what === 'setting' ? 'request' : 'machine';
  }
}
