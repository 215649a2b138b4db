/** The package as it is published: packed from a copy of the checkout, and commands that use it as a user's would. */
import { execFile } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const CHECKOUT = fileURLToPath(new URL('../../../..', import.meta.url));
const LEFT_OUT = new Set(['node_modules', '.git', 'runs', 'dist', '.cache']);
export const LIMIT_MS = 280_000;

export interface CommandOutcome {
  readonly code: number;
  /** Both streams. */
  readonly text: string;
}

/** Whether it succeeds or not. `env`: beside this process's own, without what npm and Vitest put there. */
export async function command(
  file: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<CommandOutcome> {
  const { NODE_COMPILE_CACHE: _, ...inherited } = process.env;
  // Vitest's own variables would make a Vitest below believe that it is a worker of this one.
  const own = Object.entries(inherited).filter(
    ([name]) => !/^(VITEST|npm_)/.test(name) && name !== 'NODE_OPTIONS' && name !== 'NODE_ENV',
  );
  const path = `${dirname(process.execPath)}:${process.env.PATH}`;
  try {
    const { stdout, stderr } = await promisify(execFile)(file, args, {
      cwd,
      env: { ...Object.fromEntries(own), PATH: path, NO_COLOR: '1', ...env },
      timeout: LIMIT_MS,
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: typeof code === 'number' ? code : -1, text: `${stdout}${stderr}${(error as Error).message}` };
  }
}

/** What it printed. @throws with it where it fails. */
export async function succeeds(...words: Parameters<typeof command>): Promise<string> {
  const { code, text } = await command(...words);
  if (code !== 0) throw new Error(`${words[0]} ${words[1].join(' ')} ended with ${code}:\n${text}`);
  return text;
}

/** Packs into `folder`; the path of the tarball. */
export async function pack(folder: string): Promise<string> {
  // From a copy, since packing rewrites package.json for a while, and others read the checkout's meanwhile.
  const copy = join(folder, 'letitcrash');
  cpSync(CHECKOUT, copy, { recursive: true, filter: (source) => !LEFT_OUT.has(source.slice(CHECKOUT.length)) });
  symlinkSync(join(CHECKOUT, 'node_modules'), join(copy, 'node_modules'));
  await succeeds('npm', ['pack', '--pack-destination', folder], copy);
  return join(folder, `letitcrash-${JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')).version}.tgz`);
}

/** Whether these tests are skipped, which is then said with the command that would tell why; where peers are required that is an error. */
export async function isRegistryMissing(): Promise<boolean> {
  const words = ['view', 'vitest', 'version', '--fetch-retries=0', '--fetch-timeout=20000'];
  const { code } = await command('npm', words, CHECKOUT);
  if (code === 0) return false;
  const why = `the npm registry does not answer, and these tests install from it: npm ${words.join(' ')}`;
  if (process.env.LETITCRASH_REQUIRE_PEERS === '1') throw new Error(why);
  console.warn(`skipped: ${why}`);
  return true;
}
