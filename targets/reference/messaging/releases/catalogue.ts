/** Every release, oldest first, and the behaviour of a user's process in each. A new release is a file beside these and a line here. */
import { type AnyBehaviour, genStatem } from '../../runtime/index.ts';
import { userMachine } from '../user.ts';
import { type AnyRelease, translate } from './release.ts';
import { release10 } from './release-1-0.ts';
import { release11 } from './release-1-1.ts';
import { release12 } from './release-1-2.ts';
import { release13 } from './release-1-3.ts';
import { release14 } from './release-1-4.ts';

const CHAIN: readonly AnyRelease[] = [release10, release11, release12, release13, release14];

export interface ReleasedCode {
  readonly name: string;
  readonly summary: string;
  readonly user: AnyBehaviour;
}

export const RELEASES: readonly ReleasedCode[] = CHAIN.map(({ name, summary, code }) => ({
  name,
  summary,
  user: genStatem(
    userMachine({
      ...code,
      version: name,
      codeChange: ({ from, to }, data) => translate(CHAIN, from, to, data) as ReturnType<typeof code.first>,
    }),
  ),
}));

/** The release a node starts with. */
export const FIRST_RELEASE = RELEASES[0] as ReleasedCode;
