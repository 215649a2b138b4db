import { ToldError } from '../../evidence/result/told-error.ts';

/** Why a run cannot be followed; the message is for people, and says what would be right. */
export class WatchError extends ToldError {
  /** An invalid setting, or a problem of the machine. */
  readonly what: 'setting' | 'machine';

  constructor(what: 'setting' | 'machine', message: string) {
    super(message);
    this.name = 'WatchError';
    this.what = what;
  }
}
