/** The drivers by name, and custom drivers by their path. A driver belongs to one process: each worker makes its own. */

import type { Driver } from '../../contracts/driver.ts';
import { isModulePath } from '../../plan/own-server/module-path.ts';
import { loadOwnDriver } from '../../plan/own-server/own-driver.ts';
import { CheckedDriver } from './checked-driver.ts';
import type { BrokenRule } from './driver-rules.ts';
import { NativeDriver } from './native/native-driver.ts';

const DRIVERS: Readonly<Record<string, () => Driver>> = {
  native: () => new NativeDriver(),
};

export const DRIVER_NAMES: readonly string[] = Object.keys(DRIVERS);

/** What planning may ask about a bundled driver. */
export function driverFacts(name: string): { readonly name: string; readonly devices: boolean; readonly presence: boolean } {
  const { devices = false, presence = false } = createDriver(name);
  return { name, devices, presence };
}

/** A bundled driver. Throws RangeError for a name that is not among DRIVER_NAMES. */
export function createDriver(name: string): Driver {
  const create = DRIVERS[name];
  if (create === undefined) throw new RangeError(`there is no driver "${name}"; the drivers are ${DRIVER_NAMES.join(', ')}`);
  return create();
}

/** A bundled driver by its name, or the one that a file exports. Rejects, in words for people, if it is neither. */
export async function openDriver(given: string): Promise<Driver> {
  if (!isModulePath(given)) return createDriver(given);
  const loaded = await loadOwnDriver(given);
  if (!loaded.ok) throw new Error(`${given} ${loaded.message}\n  ${loaded.remedy}`);
  const { driver, file, checkSession } = loaded.value;
  return new CheckedDriver(driver, file, checkSession);
}

/** The rules of the interface that a driver has broken so far; bundled drivers are tested against them and not watched at run time. */
export function brokenRulesOf(driver: Driver): readonly BrokenRule[] {
  return driver instanceof CheckedDriver ? driver.brokenRules : [];
}

/** Whether an uncaught error was caused by this driver, which has then recorded it. */
export function isOwnError(driver: Driver, error: unknown): boolean {
  return driver instanceof CheckedDriver && driver.claims(error);
}
