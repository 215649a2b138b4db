import { ToldError } from '../../evidence/result/told-error.ts';

/** Why a gate gives no verdict: what was asked cannot be done (usage), or the machine or a tool was not up to it (environment). */
export class GateError extends ToldError {
  override readonly name = 'GateError';
  readonly kind: 'usage' | 'environment';
  /** `message` has place and value on its first line, the remedy on the ones after it. */
  constructor(kind: 'usage' | 'environment', message: string) {
    super(message);
    this.kind = kind;
  }
}
