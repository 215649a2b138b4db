/** Writes starter files into a project; what is there already stays as it is. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StarterFile } from './starter-files.ts';

export interface WrittenFile extends StarterFile {
  /** `kept`: there was one of this name, and it was not touched. */
  readonly state: 'written' | 'kept';
}

/** @throws errors of the file system other than that a file is there already. */
export async function writeStarter(root: string, files: readonly StarterFile[]): Promise<WrittenFile[]> {
  const written: WrittenFile[] = [];
  for (const file of files) {
    const place = join(root, file.path);
    await mkdir(dirname(place), { recursive: true });
    // Exclusive, so that not even a file that appears meanwhile is overwritten, nor what a link points to.
    const state = await writeFile(place, file.text, { flag: 'wx' }).then(
      () => 'written' as const,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return 'kept' as const;
        throw error;
      },
    );
    written.push({ ...file, state });
  }
  return written;
}
