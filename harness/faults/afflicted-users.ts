/**
 * Users that are struck from their own side, on their own sockets, by the load's workers: whom, how many, and what the kernel says
 * of their sockets before and after.
 */
import { z } from 'zod';
import type { SocketLink } from '../drivers/driver.ts';
import type { AfflictedUser, Affliction } from '../load/afflictions.ts';
import type { UserControl } from '../load/worker-pool.ts';
import { share } from '../scenario/units.ts';
import { type FaultBounds, type FaultContext, ImpossibleFault, type Injection, type SettingProblem } from './fault.ts';
import { type KernelSocket, kernelSockets } from './kernel-sockets.ts';
import { shuffled } from './victims.ts';

export const clientSettings = z.strictObject({
  target: z
    .string({ error: () => 'random, or one user by name' })
    .default('random')
    .meta({ description: '`random`, or one user by name' }),
  count: z
    .int({ error: () => 'a whole number of users' })
    .positive('at least one user')
    .optional()
    .meta({ description: 'how many users' }),
  share: share({ min: 0.000_001, max: 1, words: 'above 0 to 100%' })
    .optional()
    .meta({ description: 'instead of count: which share of the users who are signed in then; 10% when neither is given' }),
});
export type ClientSettings = z.infer<typeof clientSettings>;

const DEFAULT_SHARE = 0.1;

export function checkClientSettings({ target, count, share }: ClientSettings, { users }: FaultBounds): readonly SettingProblem[] {
  if (count !== undefined && share !== undefined) {
    return [{ key: 'share', message: 'says how many, and so does count', remedy: 'count or share, not both' }];
  }
  if (target !== 'random' && (share !== undefined || (count ?? 1) !== 1)) {
    const key = share === undefined ? 'count' : 'share';
    return [{ key, message: 'is for many users, but target names one', remedy: `leave ${key} out, or use target: random` }];
  }
  if ((count ?? 1) > users)
    return [{ key: 'count', message: `${count} users to strike, but only ${users}`, remedy: `at most ${users}` }];
  return [];
}

/** A user that was hit, and the inode of the socket that it had; 0 when the kernel did not show it. */
export interface HitUser extends AfflictedUser {
  readonly inode: number;
}

export interface Afflicted {
  readonly asked: number;
  readonly users: readonly HitUser[];
}

/** @throws when nobody drives users, which planning a load always does. */
export function userControlOf({ userControl }: FaultContext): UserControl {
  if (userControl === null) throw new Error('there are no users whose sockets could be reached');
  return userControl;
}

/**
 * Strikes as many as asked for, drawn from the seed among those who are signed in; who was not hit (it had just gone) is replaced.
 * @throws ImpossibleFault when nobody is signed in.
 */
export async function afflictUsers(
  how: Affliction,
  { target, count, share }: ClientSettings,
  context: FaultContext,
): Promise<Injection<Afflicted>> {
  const control = userControlOf(context);
  const online = new Set(await control.online());
  const candidates = shuffled(context).filter(
    (user) => online.has(user) && (target === 'random' || context.userName(user) === target),
  );
  if (candidates.length === 0)
    throw new ImpossibleFault(target === 'random' ? 'nobody is signed in' : `${target} is not signed in`);
  const asked = target === 'random' ? (count ?? Math.max(1, Math.round(candidates.length * (share ?? DEFAULT_SHARE)))) : 1;
  const before = await kernelSockets();
  const injectedAtUs = context.nowUs();
  const users: HitUser[] = [];
  for (let next = 0; users.length < asked && next < candidates.length; ) {
    const batch = candidates.slice(next, next + asked - users.length);
    next += batch.length;
    for (const hit of await control.afflict(how, batch)) users.push({ ...hit, inode: before.get(keyOf(hit.link))?.inode ?? 0 });
  }
  const [only] = users;
  return {
    target: users.length === 1 && only !== undefined ? `user ${context.userName(only.user)}` : `${users.length} users`,
    injectedAtUs,
    affected: users.map(({ user }) => user),
    handle: { asked, users },
  };
}

/** The sockets that the users had when they were hit, as the kernel knows them now; null for one that is gone. */
export async function socketsNow(users: readonly HitUser[]): Promise<readonly (KernelSocket | null)[]> {
  const now = await kernelSockets();
  return users.map(({ link, inode }) => {
    const socket = now.get(keyOf(link)) ?? null;
    // Another socket may have these addresses by now; nobody has one that is closing.
    return socket !== null && (socket.inode === inode || socket.inode === 0) ? socket : null;
  });
}

/** How many of the users who were hit are signed in by another connection than the one they had. */
export async function countBack({ users }: Afflicted, context: FaultContext): Promise<number> {
  const states = await userControlOf(context).inspect(users.map(({ user }) => user));
  const links = new Map(states.map(({ user, link }) => [user, link]));
  return users.filter(({ user, link: old }) => {
    const link = links.get(user) ?? null;
    return link !== null && keyOf(link) !== keyOf(old);
  }).length;
}

function keyOf({ local, remote }: SocketLink): string {
  return `${local} ${remote}`;
}
