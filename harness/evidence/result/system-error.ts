/** What the operating system says of a file, in words. Pure. */
import { errorText, outsideText } from './printable.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'it lies below a file, which is no folder',
  EISDIR: 'it is a folder, and no file',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'its file system can only be read',
  ENOSPC: 'there is no room left on its disk',
  EDQUOT: 'there is no room left for this user',
  EEXIST: 'there is something of that name already',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'this process has as many files open as it may',
  ENFILE: 'the system has as many files open as it can',
  EFBIG: 'it would be larger than a file may be',
  EIO: 'the disk does not work',
};

/** `there is no room left on its disk (ENOSPC)`; of an error that is not of that kind its own words. */
export function systemErrorWords(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code !== undefined && Object.hasOwn(WORDS, code) ? `${WORDS[code]} (${code})` : errorText(error);
}

/** The same with the file's name in front of it: `runs/x/result.json: there is no room left on its disk (ENOSPC)`; null of any other error. */
export function systemErrorText(error: unknown): string | null {
  const { code, path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === undefined || !Object.hasOwn(WORDS, code) || syscall === undefined) return null;
  return `${path === undefined ? syscall : outsideText(path)}: ${systemErrorWords(error)}`;
}
