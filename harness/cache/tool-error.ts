/** A program is not there, failed or took too long: the machine or the tool was not up to it. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}
