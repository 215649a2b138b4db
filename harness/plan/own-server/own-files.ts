/** Loads the files that a scenario names for its target and its driver into the catalogue against which planning checks it. */
import { dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Driver } from '../../contracts/driver.ts';
import type { Catalogue, DriverFacts, Refused, TargetFacts } from '../scenario/catalogue.ts';
import { applyOverrides } from '../scenario/overrides.ts';
import type { PathSegment } from '../scenario/problem.ts';
import type { ScenarioSource } from '../scenario/source.ts';
import { isModulePath } from './module-path.ts';
import { loadOwnDriver } from './own-driver.ts';
import type { Loaded } from './own-module.ts';
import { loadOwnTarget } from './own-target.ts';

/**
 * `catalogue`, with what the scenario names by path: each file loaded, or refused in words. Paths in a scenario file are relative to it,
 * those of `--set` to the working directory. `moved` may say that the target's file should be taken from elsewhere.
 */
export async function withOwnFiles(
  source: ScenarioSource,
  overrides: readonly string[],
  catalogue: Catalogue,
  moved: (file: string) => string = (file) => file,
): Promise<Catalogue> {
  const { source: overridden } = applyOverrides(source, overrides);
  const targets = new Map<string, TargetFacts | Refused>(catalogue.targets);
  const drivers = new Map<string, DriverFacts | Refused>(catalogue.drivers);
  const use = textAt(overridden.data, ['target', 'use']);
  if (use !== null && isModulePath(use)) {
    const file = moved(fileOf(use, folderOf(overridden, ['target', 'use'])));
    const loaded = await loadOwnTarget(file);
    const facts = loaded.ok ? { ...loaded.value, file } : refused(loaded);
    // By the file too, because a plan names it so.
    targets.set(use, facts).set(file, facts);
    if (loaded.ok && isModulePath(loaded.value.driver)) await addDriver(loaded.value.driver, loaded.value.driver);
  }
  const driver = textAt(overridden.data, ['load', 'driver']);
  if (driver !== null && isModulePath(driver)) await addDriver(driver, fileOf(driver, folderOf(overridden, ['load', 'driver'])));
  return { ...catalogue, targets, drivers };

  async function addDriver(written: string, file: string): Promise<void> {
    const loaded = await loadOwnDriver(file);
    const facts = loaded.ok ? { ...knows(loaded.value.driver), file } : refused(loaded);
    drivers.set(written, facts).set(file, facts);
  }
}

/** The absolute path of the scenario's target if that is a user's file; otherwise null. */
export function ownTargetFile(source: ScenarioSource, overrides: readonly string[]): string | null {
  const { source: overridden } = applyOverrides(source, overrides);
  const use = textAt(overridden.data, ['target', 'use']);
  return use !== null && isModulePath(use) ? fileOf(use, folderOf(overridden, ['target', 'use'])) : null;
}

function knows({ name, devices = false, presence = false }: Driver): Pick<DriverFacts, 'name' | 'devices' | 'presence'> {
  return { name, devices, presence };
}

function refused({ message, remedy }: Extract<Loaded<unknown>, { ok: false }>): Refused {
  return { refused: message, remedy };
}

function fileOf(written: string, folder: string): string {
  return written.startsWith('file:') ? fileURLToPath(written) : resolve(folder, written);
}

function folderOf(source: ScenarioSource, path: readonly PathSegment[]): string {
  const isFile = source.locate(path).override === null && extname(source.given) !== '';
  return isFile ? dirname(resolve(source.given)) : process.cwd();
}

function textAt(data: unknown, path: readonly string[]): string | null {
  let value: unknown = data;
  for (const key of path)
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof value === 'string' ? value : null;
}
