import { ToldError } from '../../evidence/result/told-error.ts';

/** A profile could not be taken: a node that cannot be profiled, or a tool that failed. Never a verdict on the server. */
export class ProfileError extends ToldError {
  override readonly name = 'ProfileError';
}
