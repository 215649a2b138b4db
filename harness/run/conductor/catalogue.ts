/** The catalogue against which planning checks: every bundled target and driver, and every fault kind. */
import { targets } from '../../../targets/index.ts';
import type { Catalogue } from '../../plan/scenario/catalogue.ts';
import { DRIVER_NAMES, driverFacts } from '../drivers/index.ts';
import { faultKinds } from '../faults/catalogue.ts';

export const catalogue: Catalogue = {
  targets: new Map(targets.map((target) => [target.name, target])),
  drivers: new Map(DRIVER_NAMES.map((name) => [name, driverFacts(name)])),
  faultKinds,
};
