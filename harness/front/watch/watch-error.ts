import { ToldError } from '../../evidence/result/told-error.ts';

/** Why nobody can watch a run; its message is for people, and says what would be right. */
export class WatchError extends ToldError {
  /** A setting that cannot be meant, or something of the machine. */
  readonly what: 'setting' | 'machine';

  constructor(what: 'setting' | 'machine', message: string) {
    super(message);
    this.name = 'WatchError';
    this.what = what;
  }
}
