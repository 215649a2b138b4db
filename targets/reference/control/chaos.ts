/** The faults that a deployment's processes can suffer, through the control planes of its nodes. */
import type { ProcessChaos, UpgradeReport } from '../../target.ts';
import type { ControlClient } from './control-client.ts';

export interface ControlledNode {
  readonly name: string;
  readonly control: ControlClient;
}

/** `answering` gives the nodes of the moment. */
export function chaosOn(answering: () => readonly ControlledNode[]): ProcessChaos {
  const all = <Out>(ask: (client: ControlClient) => Promise<Out>): Promise<Out[]> =>
    Promise.all(answering().map(({ control }) => ask(control)));
  const on = (name: string): ControlClient | undefined => answering().find((node) => node.name === name)?.control;
  return {
    runAway: async (user) => (await all((client) => client.runAway(user))).includes(true),
    poison: async (name, node) => (await on(node)?.poison(name)) ?? false,
    killNamed: async (name, node) => (await on(node)?.killNamed(name)) ?? null,
    namedProcess: async (name, node) => (await on(node)?.namedProcess(name)) ?? null,
    slowDisk: async (delayMs, node) => (await on(node)?.slowDisk(delayMs)) ?? false,
    upgrade: async (release) => (await all((client) => client.upgrade(release))).reduce(together),
    crashReports: async () => (await all((client) => client.crashReports())).flat(),
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
