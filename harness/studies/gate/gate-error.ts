import { ToldError } from '../../evidence/result/told-error.ts';

/** Why a gate gives no verdict: the request is impossible (usage), or the machine or a tool failed (environment). */
export class GateError extends ToldError {
  override readonly name = 'GateError';
  readonly kind: 'usage' | 'environment';
  /** `message` has place and value on its first line, and the remedy on the following lines. */
  constructor(kind: 'usage' | 'environment', message: string) {
    super(message);
    this.kind = kind;
  }
}
