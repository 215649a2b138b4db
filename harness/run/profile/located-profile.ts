/** A profile and where its files are: relative to the run folder on disk, absolute in here, relative to a page for its reader. */
import { join, relative, resolve } from 'node:path';
import { type Profile, profileSchema } from '../../evidence/result/profile.ts';
import { type DocumentKind, readDocument } from '../folder/finished-document.ts';

/** Beside result.json. */
export const PROFILE_FILE = 'profile.json';

const PROFILE: DocumentKind<Profile> = {
  file: PROFILE_FILE,
  schema: profileSchema,
  what: 'a profile',
  remedy: 'give the folder of a run that letitcrash profile played',
};

/** The profile of a run folder, its files by their absolute paths; what is wrong, in words. */
export async function readProfile(folder: string): Promise<Profile | string> {
  const read = await readDocument(folder, PROFILE);
  return typeof read === 'string' ? read : locatedProfile(read.document, folder);
}

export function locatedProfile(profile: Profile, folder: string): Profile {
  return { ...profile, files: profile.files.map((file) => ({ ...file, path: resolve(join(folder, file.path)) })) };
}

/** As a page in `folder` links to it. */
export function profileSeenFrom(profile: Profile, folder: string): Profile {
  return { ...profile, files: profile.files.map((file) => ({ ...file, path: relative(resolve(folder), file.path) })) };
}
