/** What a deployment's processes can be made to suffer, through the control planes of its nodes. */
import type { ProcessChaos, UpgradeReport } from '../../target.ts';
import type { ControlClient } from './control-client.ts';

/** `clients` gives the nodes of the moment. */
export function chaosOn(clients: () => readonly ControlClient[]): ProcessChaos {
  const anyOf = async (ask: (client: ControlClient) => Promise<boolean>): Promise<boolean> =>
    (await Promise.all(clients().map(ask))).includes(true);
  return {
    runAway: (user) => anyOf((client) => client.runAway(user)),
    poison: (process) => anyOf((client) => client.poison(process)),
    async namedProcess(name) {
      const pids = await Promise.all(clients().map((client) => client.namedProcess(name)));
      return pids.find((pid) => pid !== null) ?? null;
    },
    async upgrade(release) {
      const reports = await Promise.all(clients().map((client) => client.upgrade(release)));
      return reports.reduce(together);
    },
    async crashReports() {
      return (await Promise.all(clients().map((client) => client.crashReports()))).flat();
    },
  };
}

function together(one: UpgradeReport, other: UpgradeReport): UpgradeReport {
  return {
    outcome: one.outcome === 'upgraded' ? other.outcome : one.outcome,
    release: one.release,
    migrated: one.migrated + other.migrated,
    leftOnOld: one.leftOnOld + other.leftOnOld,
    reason: one.reason ?? other.reason,
  };
}
