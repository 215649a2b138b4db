/** What the operating system reports about a file, in words. Pure. */
import { errorText, outsideText } from './printable.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'its path leads through a file',
  EISDIR: 'it is a folder, not a file',
  EACCES: 'this user may not access it',
  EPERM: 'this user may not access it',
  EROFS: 'its file system is read-only',
  ENOSPC: 'there is no room left on its disk',
  EDQUOT: 'there is no room left for this user',
  EEXIST: 'something with that name already exists',
  ELOOP: 'its symbolic links form a circle',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'this process has reached its limit of open files',
  ENFILE: 'the system has reached its limit of open files',
  EFBIG: 'it would be larger than a file may be',
  EIO: 'the disk reported an error',
};

/** `there is no room left on its disk (ENOSPC)`; for any other kind of error its own words. */
export function systemErrorWords(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code !== undefined && Object.hasOwn(WORDS, code) ? `${WORDS[code]} (${code})` : errorText(error);
}

/** What would be right, if that can be said without knowing what the file was for. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'do not touch the folders of a command until it is over',
  EACCES: 'name a folder that this user may write in: --out DIR',
  EPERM: 'name a folder that this user may write in: --out DIR',
  EROFS: 'name a folder on a file system that can be written: --out DIR',
  ENOSPC: 'make room there (letitcrash prune removes old runs), or name a folder elsewhere: --out DIR',
  EDQUOT: 'make room there (letitcrash prune removes old runs), or name a folder elsewhere: --out DIR',
  EMFILE: 'raise the limit: ulimit -n',
  ENFILE: 'end the programs that have so many of them open',
  ENOTDIR: 'name a path that leads through folders only',
  EISDIR: 'name a file',
  EEXIST: 'name another, or remove the existing one',
  ELOOP: 'name the file that the links should lead to',
  ENAMETOOLONG: 'name a shorter path',
  EFBIG: 'raise the limit: ulimit -f',
  EIO: 'see what the system reports: dmesg',
};

/**
 * The same with the file's name in front of it, and on the next line what would be right: `runs/x/result.json: there is no room left on its disk
 * (ENOSPC)`; `place` names the file where the error does not, as of a write to a file that is open. Null of any other error.
 */
export function systemErrorText(error: unknown, place?: string): string | null {
  const { code, path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === undefined || !Object.hasOwn(WORDS, code) || syscall === undefined) return null;
  const named = place ?? path;
  const remedy = Object.hasOwn(REMEDIES, code) ? `\n  ${REMEDIES[code]}` : '';
  return `${named === undefined ? syscall : outsideText(named)}: ${systemErrorWords(error)}${remedy}`;
}
