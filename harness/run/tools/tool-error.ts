import { ToldError } from '../../evidence/result/told-error.ts';

/** A program is not there, failed or took too long: the machine or the tool was not up to it. */
export class ToolError extends ToldError {
  override readonly name = 'ToolError';
}
