/**
 * crash-loop: a named process is poisoned each time it comes back, until its supervisor reaches its restart intensity and gives up. The
 * question is how far the damage goes: the blast radius should end at the subtree. Heals when the poison stops.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { eventually } from '../../eventually.ts';
import { chaosOf, type FaultKind, ImpossibleFault, type Injection, type Verification } from '../../fault.ts';
import { checkNodeName, chooseNode } from '../node/node-victims.ts';

const settings = z.strictObject({
  target: z.string().default('presence').meta({ description: 'registered name of the process' }),
  node: z.string().default('random').meta({ description: '`random`, or the node that has the process' }),
  crashes: z
    .number()
    .int()
    .positive()
    .max(1_000)
    .default(12)
    .meta({ description: "crashes to cause: more than the supervisor's intensity allows" }),
});
type Settings = z.infer<typeof settings>;

interface Handle {
  readonly name: string;
  readonly node: string;
  readonly asked: number;
  readonly poisoned: number;
  /** Pids that were poisoned. */
  readonly pids: ReadonlySet<string>;
}

const COMES_BACK_WITHIN_MS = 5_000;
const BETWEEN_MS = 5;

export const crashLoop: FaultKind<Settings, Handle> = {
  kind: 'crash-loop',
  summary: 'poison a named process each time it comes back, until its supervisor gives up',
  needs: ['crash-loop'],
  heals: 'when the poison stops',
  duration: 'none',
  settings,
  check: ({ node }, bounds) => checkNodeName('node', node, bounds),

  async inject({ target, node: where, crashes }, context) {
    const chaos = chaosOf(context);
    const node = chooseNode(where, context).name;
    if ((await chaos.namedProcess(target, node)) === null) throw new ImpossibleFault(`${node} has no process named ${target}`);
    const injectedAtUs = context.nowUs();
    const pids = new Set<string>();
    let poisoned = 0;
    while (poisoned < crashes && !context.signal.aborted) {
      const pid = await eventually(
        () => chaos.namedProcess(target, node),
        (now) => now !== null && !pids.has(now),
        COMES_BACK_WITHIN_MS,
      );
      if (pid === null || pids.has(pid)) break;
      pids.add(pid);
      if (await chaos.poison(target, node)) poisoned += 1;
      await delay(BETWEEN_MS);
    }
    const handle = { name: target, node, asked: crashes, poisoned, pids };
    return { target: `process ${target} of ${node}`, injectedAtUs, affected: [], handle };
  },

  async verify({ handle }: Injection<Handle>, context): Promise<Verification> {
    const { name, node, asked, poisoned, pids } = handle;
    const chaos = chaosOf(context);
    const reports = await chaos.crashReports();
    const crashed = reports.filter(({ process }) => pids.has(process)).length;
    const gaveUp = reports.filter(({ behaviour, reason }) => behaviour === 'supervisor' && reason === 'shutdown').length;
    const back = await eventually(
      () => chaos.namedProcess(name, node),
      (now) => now !== null && !pids.has(now),
      COMES_BACK_WITHIN_MS,
    );
    return {
      verified: poisoned === asked && crashed === asked && gaveUp > 0 && back !== null && !pids.has(back),
      evidence: [
        `asked for ${asked} crashes of ${name}; poisoned ${poisoned}; ${crashed} crash reports`,
        `supervisors that gave up: ${gaveUp}; ${name} is ${back === null ? 'NOT BACK' : `back as ${back}`}`,
      ],
    };
  },
};
