/** Errors that are for people. Pure. */

/** Whose mistake an error is: what was asked for, the machine or a tool, or what made the load, so that nothing is known of the server. */
export type Blame = 'request' | 'machine' | 'load';

/**
 * Its message is printed unchanged: place, value and what is wrong, and on the lines after it what would be right. Foreign text in it was
 * made one line where it was thrown (errorText, outsideText).
 */
export abstract class ToldError extends Error {
  readonly blames: Blame = 'machine';
}
