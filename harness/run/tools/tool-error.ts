import { ToldError } from '../../evidence/result/told-error.ts';

/** A program is missing, failed or took too long: the machine or the tool could not do it. */
export class ToolError extends ToldError {
  override readonly name = 'ToolError';
}
