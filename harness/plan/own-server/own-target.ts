/** A user's own target, from a file: loaded, checked, and checked again in everything it returns that the harness relies on. */
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Deployment, DeploymentSpec, Target } from '../../../targets/target.ts';
import { isModulePath } from './module-path.ts';
import { type Loaded, loadOwn } from './own-module.ts';
import { aFunction, aList, anObject, aSet, aText, type Fault, faultsOf, orAbsent, orNull, type Shape } from './shape.ts';

const TARGET: Shape = {
  name: aText('the name of the server in reports'),
  summary: aText('one line that describes it'),
  driver: aText('the driver that speaks to it: a bundled name, or the path of a file'),
  capabilities: aSet('the faults it supports; new Set() if it can only carry messages'),
  durabilities: aList("what its acknowledgement means: ['memory'], ['commit'] or ['fsync']"),
  checkConfig: aFunction('(config, size) => string[], one message for each mistake; () => [] if it has no settings'),
  limits: orAbsent(aFunction('(config) => ({ payloadBytes, payloadRemedy }), or null if it does not say')),
  availability: aFunction('async () => ({ available: true }), or why it cannot run here'),
  start: aFunction('async (spec) => Deployment'),
};

const DEPLOYMENT: Shape = {
  target: anObject('{ name, version, runtime } of what was started'),
  nodes: aList('the nodes, at least one'),
  config: anObject('the settings it runs with'),
  credential: aFunction('(user, device) => Credential'),
  killUserProcess: aFunction('async () => false if users have no process'),
  userProcess: aFunction('async () => ({ alive: false }) if users have no process'),
  addNode: aFunction('async () => null if there can be no more'),
  chaos: orNull(anObject('ProcessChaos')),
  stop: aFunction('async () => void: ends every process it started'),
  killNow: aFunction('() => void: SIGKILL every process at once'),
};

const NODE: Shape = {
  name: aText('n1, n2, ...'),
  state: aText("'starting', 'ready', 'paused', 'leaving' or 'dead'"),
  endpoint: anObject('{ host, port, path } where users connect'),
  kill: aFunction('async () => void: SIGKILL; resolves when the process is gone'),
  restart: aFunction('async () => void: on the same address; resolves when it serves'),
  pause: aFunction('async () => void: SIGSTOP'),
  resume: aFunction('async () => void: SIGCONT'),
  leave: aFunction('async () => void: SIGTERM; resolves when it is gone'),
  introspect: aFunction('async () => null if it cannot report its heap'),
};

/** Loads `export const target` of a file, by its absolute path. */
export async function loadOwnTarget(file: string): Promise<Loaded<Target>> {
  const loaded = await loadOwn<Target>(file, {
    name: 'target',
    type: 'Target',
    from: 'letitcrash/target',
    check: (value) => faultsOf(value, TARGET),
  });
  if (!loaded.ok) return loaded;
  const target = loaded.value;
  return {
    ok: true,
    value: {
      name: target.name,
      summary: target.summary,
      driver: driverOf(target.driver, file),
      capabilities: target.capabilities,
      durabilities: target.durabilities,
      checkConfig: (config, size) => target.checkConfig(config, size),
      limits: (config) => target.limits?.(config) ?? null,
      availability: () => target.availability(),
      start: async (spec: DeploymentSpec) => checkedDeployment(await target.start(spec), file),
    },
  };
}

/** A bundled name as it is; a file, given relative to the target's file or as a file: URL, by its absolute path. */
function driverOf(driver: string, targetFile: string): string {
  if (driver.startsWith('file:')) return fileURLToPath(driver);
  return isModulePath(driver) ? resolve(dirname(targetFile), driver) : driver;
}

/** @throws Error if the result of `start` is not a deployment; whatever of it can be ended is ended. */
async function checkedDeployment(deployment: Deployment, file: string): Promise<Deployment> {
  const faults: Fault[] = [...faultsOf(deployment, DEPLOYMENT)];
  const nodes: unknown = deployment?.nodes;
  if (Array.isArray(nodes)) {
    if (nodes.length === 0) faults.push({ member: 'nodes', is: 'an empty list', shouldBe: 'at least one node' });
    for (const [index, node] of nodes.entries()) {
      faults.push(...faultsOf(node, NODE).map((fault) => ({ ...fault, member: `nodes[${index}].${fault.member}` })));
    }
  }
  const [first] = faults;
  if (first === undefined) return deployment;
  if (typeof deployment?.killNow === 'function') deployment.killNow();
  const words = faults.map(({ member, is }) => `${member} is ${is}`).join('; ');
  throw new Error(
    `${basename(file)}: target.start() returned no Deployment: ${words}\n  ${first.member} must be ${first.shouldBe}; the interface is in letitcrash/target`,
  );
}
