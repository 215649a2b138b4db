/** Release 1.0: the first. Its data is what all releases share, and nothing else. */
import type { UserData } from '../user.ts';
import type { Release } from './release.ts';

export const release10: Release = {
  name: '1.0',
  summary: 'the first release',
  code: { first: (core) => ({ core }), note: null, show: () => ({}) },
  up: (before: UserData) => before,
  down: (data) => data,
};
