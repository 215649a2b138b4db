/** What a whole gate is shown as the candidate: the project at a commit, with one change in the source of its server. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { cacheFolder } from '../../../harness/run/tools/cache.ts';
import { checkOut } from '../../../harness/studies/gate/checkout.ts';

/** Where the server reads what it was told; told nothing, a candidate of this bench has something planted. */
export const SETTINGS = join('targets', 'reference', 'settings.ts');
const READ = 'const { mutant, planted, ...limits } = config;';

/** The source with these effects planted, or with a comment more where there are none. */
export function changedSource(source: string, planted: Readonly<Record<string, number>> | null): string {
  if (planted === null) return `${source}\n// Nothing but a comment.\n`;
  if (!source.includes(READ))
    throw new Error(`${SETTINGS}: has no line "${READ}" to plant something in\n  bring candidate.ts up to date`);
  return source.replaceAll(READ, `const { mutant, planted = ${JSON.stringify(planted)}, ...limits } = config;`);
}

/** The folder of a candidate; removed at the end of `use`, whatever happens. */
export async function withCandidate<Outcome>(
  commit: string,
  planted: Readonly<Record<string, number>> | null,
  signal: AbortSignal,
  use: (folder: string) => Promise<Outcome>,
): Promise<Outcome> {
  // The same as the gate builds its baseline from, so that both sides have the same dependencies.
  const { root } = await checkOut(commit, {
    cache: cacheFolder('sources'),
    cwd: process.cwd(),
    build: null,
    signal,
    progress: (message) => console.error(message),
  });
  const folder = await mkdtemp(join(tmpdir(), 'letitcrash-candidate-'));
  try {
    await cp(root, folder, { recursive: true, filter: (path) => basename(path) !== 'node_modules' });
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
    const file = join(folder, SETTINGS);
    await writeFile(file, changedSource(await readFile(file, 'utf8'), planted));
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
