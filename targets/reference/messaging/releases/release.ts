/**
 * What an upgrade instruction file contains: the code of one release, and how the data of a user's process is translated from the previous
 * release to this one and back. A translation returns new data and leaves the old unchanged, because if one translation throws, all
 * processes go on with the data they had.
 */
import type { UserCode, UserData } from '../user.ts';

export interface Release<Data extends UserData = UserData, Before extends UserData = UserData> {
  readonly name: string;
  /** What it changes, in a line. */
  readonly summary: string;
  readonly code: Omit<UserCode<Data>, 'codeChange' | 'version'>;
  /** From the release before. Throws when this process's data cannot be translated. */
  up(before: Before): Data;
  /** Back to the release before. */
  down(data: Data): Before;
}

// biome-ignore lint/suspicious/noExplicitAny: releases of all shapes of data stand in one list
export type AnyRelease = Release<any, any>;

/** Takes data from one release to another, step by step through those between. `chain` is in order of age. */
export function translate(chain: readonly AnyRelease[], from: unknown, to: unknown, data: unknown): unknown {
  const start = chain.findIndex(({ name }) => name === from);
  const goal = chain.findIndex(({ name }) => name === to);
  if (start < 0 || goal < 0) throw new RangeError(`there is no way from release ${from} to ${to}`);
  if (goal >= start) return chain.slice(start + 1, goal + 1).reduce((now, release) => release.up(now), data);
  return chain.slice(goal + 1, start + 1).reduceRight((now, release) => release.down(now), data);
}
