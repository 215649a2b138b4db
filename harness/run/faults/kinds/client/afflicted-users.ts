/**
 * Users that are struck from their own side, on their own sockets, by the load's workers: which users, how many, and what the kernel
 * reports about their sockets before and after. If users have several devices, each is struck separately, and the user's other devices go
 * on.
 */

import { z } from 'zod';
import type { SocketLink } from '../../../../contracts/driver.ts';
import { plural } from '../../../../evidence/result/format.ts';
import { share } from '../../../../plan/scenario/units.ts';
import type { AfflictedDevice, Affliction } from '../../../load/afflictions.ts';
import { deviceName } from '../../../load/user-names.ts';
import type { UserControl } from '../../../load/worker-pool.ts';
import { type FaultBounds, type FaultContext, ImpossibleFault, type Injection, type SettingProblem } from '../../fault.ts';
import { shuffled } from '../../victims.ts';
import { type KernelSocket, kernelSockets } from './kernel-sockets.ts';

const clientSettings = z.strictObject({
  target: z
    .string({ error: () => 'random, or one user by name' })
    .default('random')
    .meta({ description: '`random`, or one user by name' }),
  count: z
    .int({ error: () => 'a whole number of users' })
    .positive('at least one user')
    .optional()
    .meta({ description: 'how many users (or devices, if users have several)' }),
  share: share({ min: 0.000_001, max: 1, words: 'above 0 to 100%' })
    .optional()
    .meta({ description: 'instead of count: the share of the users who are signed in then; 10% if neither is given' }),
});
export type ClientSettings = z.infer<typeof clientSettings>;

const DEFAULT_SHARE = 0.1;

function checkClientSettings({ target, count, share }: ClientSettings, { users }: FaultBounds): readonly SettingProblem[] {
  if (count !== undefined && share !== undefined) {
    return [{ key: 'share', message: 'says how many, but count does so as well', remedy: 'count or share, not both' }];
  }
  if (target !== 'random' && (share !== undefined || (count ?? 1) !== 1)) {
    const key = share === undefined ? 'count' : 'share';
    return [{ key, message: 'is for several users, but target names one', remedy: `leave ${key} out, or use target: random` }];
  }
  if ((count ?? 1) > users)
    return [{ key: 'count', message: `${count} users to strike, but only ${users}`, remedy: `at most ${users}` }];
  return [];
}

/** What the kinds that strike users from their own side have in common. */
export const clientKind = {
  requires: ['procfs'],
  presence: 'logged',
  settings: clientSettings,
  check: checkClientSettings,
} as const;

/** A device that was hit, and the inode of the socket that it had; 0 if the kernel did not show it. */
export interface HitDevice extends AfflictedDevice {
  readonly inode: number;
}

export interface Afflicted {
  readonly asked: number;
  readonly hit: readonly HitDevice[];
}

/** @throws if nobody drives users; a planned load always does. */
export function userControlOf({ userControl }: FaultContext): UserControl {
  if (userControl === null) throw new Error('there are no users whose sockets could be reached');
  return userControl;
}

/**
 * Strikes as many as requested, drawn from the seed among the users who are signed in; one that was not hit (because it had just left) is
 * replaced.
 * @throws ImpossibleFault if nobody is signed in.
 */
export async function afflictUsers(
  how: Affliction,
  { target, count, share }: ClientSettings,
  context: FaultContext,
): Promise<Injection<Afflicted>> {
  const control = userControlOf(context);
  const userOf = (device: number): number => Math.floor(device / control.devices);
  const online = new Set(await control.online());
  const candidates = shuffled(context, context.users * control.devices).filter(
    (device) => online.has(device) && (target === 'random' || context.userName(userOf(device)) === target),
  );
  if (candidates.length === 0)
    throw new ImpossibleFault(target === 'random' ? 'nobody is signed in' : `${target} is not signed in`);
  const asked = target === 'random' ? (count ?? Math.max(1, Math.round(candidates.length * (share ?? DEFAULT_SHARE)))) : 1;
  const before = await kernelSockets();
  const injectedAtUs = context.nowUs();
  const hit: HitDevice[] = [];
  for (let next = 0; hit.length < asked && next < candidates.length; ) {
    const batch = candidates.slice(next, next + asked - hit.length);
    next += batch.length;
    for (const one of await control.afflict(how, batch)) hit.push({ ...one, inode: before.get(keyOf(one.ends))?.inode ?? 0 });
  }
  const [only] = hit;
  const several = control.devices === 1 ? plural(hit.length, 'user') : plural(hit.length, 'device');
  return {
    target: hit.length === 1 && only !== undefined ? deviceWords(only.device, control.devices, context) : several,
    injectedAtUs,
    affected: [...new Set(hit.map(({ device }) => userOf(device)))],
    handle: { asked, hit },
  };
}

/** Ends what was done to them. */
export async function relieveUsers(how: Affliction, { hit }: Afflicted, context: FaultContext): Promise<void> {
  await userControlOf(context).relieve(
    how,
    hit.map(({ device }) => device),
  );
}

/** `user u7`; `device d1 of user u7` if it has several. */
function deviceWords(device: number, devices: number, { userName }: FaultContext): string {
  const user = `user ${userName(Math.floor(device / devices))}`;
  return devices === 1 ? user : `device ${deviceName(device % devices)} of ${user}`;
}

/** The current state in the kernel of the sockets that the devices had when they were hit; null for one that is gone. */
export async function socketsNow(hit: readonly HitDevice[]): Promise<readonly (KernelSocket | null)[]> {
  const now = await kernelSockets();
  return hit.map(({ ends, inode }) => {
    const socket = now.get(keyOf(ends)) ?? null;
    // Another socket may have these addresses by now; a closing one belongs to no process.
    return socket !== null && (socket.inode === inode || socket.inode === 0) ? socket : null;
  });
}

/** How many of the devices that were hit are signed in by a connection other than the one they had. */
export async function countBack({ hit }: Afflicted, context: FaultContext): Promise<number> {
  const states = await userControlOf(context).inspect(hit.map(({ device }) => device));
  const current = new Map(states.map(({ device, ends }) => [device, ends]));
  return hit.filter(({ device, ends: old }) => {
    const now = current.get(device) ?? null;
    return now !== null && keyOf(now) !== keyOf(old);
  }).length;
}

function keyOf({ local, remote }: SocketLink): string {
  return `${local} ${remote}`;
}
