/** The drivers by name. A driver belongs to one process: each worker makes its own. */
import type { Driver } from './driver.ts';
import { NativeDriver } from './native/native-driver.ts';

const DRIVERS: Readonly<Record<string, () => Driver>> = {
  native: () => new NativeDriver(),
};

export const DRIVER_NAMES: readonly string[] = Object.keys(DRIVERS);

/** Throws RangeError for a name that is none of DRIVER_NAMES. */
export function createDriver(name: string): Driver {
  const create = DRIVERS[name];
  if (create === undefined) throw new RangeError(`no driver is called "${name}"; there are: ${DRIVER_NAMES.join(', ')}`);
  return create();
}
