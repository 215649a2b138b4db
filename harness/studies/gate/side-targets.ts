/** The servers of a side: its own target modules, imported from its root and driven by the current harness. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Target } from '../../../targets/target.ts';
import { errorText } from '../../evidence/result/printable.ts';
import { commonJsRemedy } from '../../plan/scenario/commonjs-remedy.ts';
import type { BuiltSource } from './checkout.ts';
import { GateError } from './gate-error.ts';

/** In a checkout, and in a published package. */
const MODULES = ['targets/index.ts', 'targets/index.js', 'dist/targets/index.js'];

/** The module of a root's targets: its own, or that of the letitcrash installed there, with the servers that it brings; or null. */
export function targetsModule(root: string): string | null {
  const own = MODULES.map((name) => join(root, name)).find((path) => existsSync(path));
  if (own !== undefined) return own;
  try {
    const installed = dirname(createRequire(join(root, 'package.json')).resolve('letitcrash/package.json'));
    return MODULES.map((name) => join(installed, name)).find((path) => existsSync(path)) ?? null;
  } catch {
    return null;
  }
}

/** @throws GateError if there is no module of targets, or if it cannot be loaded. */
export async function targetsOf({ label, root }: Pick<BuiltSource, 'label' | 'root'>): Promise<ReadonlyMap<string, Target>> {
  const file = targetsModule(root);
  if (file === null) {
    throw new GateError(
      'request',
      `${label}: has no targets: none of ${MODULES.join(', ')} in ${root}, and no letitcrash is installed there\n  a server of your own is a file that the scenario names: target: { use: ./my-target.mts }, which letitcrash init writes; for a revision with the same name as a folder write git:<revision>`,
    );
  }
  let module: { readonly targets?: unknown };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    const why = errorText(error);
    throw new GateError(
      'machine',
      `${label}: ${file} cannot be loaded: ${why}\n  ${commonJsRemedy(file, error) ?? 'install its dependencies and build it: npm ci'}`,
    );
  }
  const { targets } = module;
  if (!Array.isArray(targets) || targets.length === 0 || !targets.every(isTarget))
    throw new GateError(
      'request',
      `${label}: ${file} exports no list of targets\n  export const targets: readonly Target[] = [...]`,
    );
  return new Map(targets.map((target) => [target.name, target]));
}

/** Enough to recognise a target; what an older one lacks shows when it is used. */
function isTarget(value: unknown): value is Target {
  const target = value as Partial<Target> | null;
  return typeof target?.name === 'string' && typeof target.start === 'function' && typeof target.checkConfig === 'function';
}
