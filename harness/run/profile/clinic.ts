/** clinic's packages (MIT): installed on demand into the cache, and run to make the page that shows what was recorded. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../tools/cache.ts';
import { installPackage } from '../tools/package-install.ts';
import { runTool } from '../tools/tool.ts';
import type { Preparing } from './method.ts';

/** Those that were tried with what is written here of their files. */
const VERSIONS = { doctor: '11.0.0', flame: '13.0.0', bubbleprof: '10.0.0' } as const;
export type ClinicTool = keyof typeof VERSIONS;

const PAGE = fileURLToPath(new URL(`./clinic-page${extname(import.meta.url)}`, import.meta.url));
/** It bundles its page's scripts anew each time. */
const PAGE_LIMIT_MS = 5 * 60_000;

export interface Clinic extends Pick<Preparing, 'signal'> {
  readonly tool: ClinicTool;
  /** Where its package.json is. */
  readonly root: string;
}

/** @throws ToolError when npm cannot install it. */
export async function installClinic(tool: ClinicTool, { signal, progress }: Preparing): Promise<Clinic> {
  const wanted = { name: `@clinic/${tool}`, version: VERSIONS[tool] };
  const { root } = await installPackage(wanted, { cache: cacheFolder('profilers'), signal, progress });
  return { tool, root, signal };
}

/**
 * Makes the page of a recording. `fill` writes clinic's files into the folder it is given; their names begin as it is told.
 * @throws ToolError with what clinic said, when it fails.
 */
export async function clinicPage(
  { tool, root, signal }: Clinic,
  node: string,
  page: string,
  fill: (prefix: string) => Promise<void>,
): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'letitcrash-clinic-'));
  try {
    const data = join(scratch, `${node}.clinic-${tool}`);
    await fill(join(data, `${node}.clinic-${tool}-`));
    await runTool([process.execPath, PAGE, root, data, page], { cwd: scratch, signal, limitMs: PAGE_LIMIT_MS });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
