/**
 * kill-process: exit(pid, kill) for the server-side process of one or more users, or for a process of the server's own, by its role. Heals
 * by itself, which is the point.
 */
import { z } from 'zod';
import type { FaultBounds, FaultKind, Injection, SettingProblem, Verification } from '../../fault.ts';
import { checkUserSettings, userSettings } from '../../user-settings.ts';
import { countGone, type Struck, strikeUsers } from '../../victims.ts';
import { checkNodeSettings } from '../node/node-victims.ts';
import { killNamed, type NamedStruck, verifyNamed } from './named-victims.ts';

const settings = userSettings.extend({
  target: z.string().default('random').meta({ description: '`random`, or a user by name; for other roles a node by name' }),
  count: z.number().int().positive().default(1).meta({ description: 'how many users; for other roles how many nodes' }),
  role: z
    .enum(['user', 'presence', 'registry', 'listener'])
    .default('user')
    .meta({ description: "which process: a user's, or the node's own process of that name" }),
});
type Settings = z.infer<typeof settings>;

type Handle = { readonly struck: 'users'; readonly users: Struck } | { readonly struck: 'named'; readonly named: NamedStruck };

export const killProcess: FaultKind<Settings, Handle> = {
  kind: 'kill-process',
  summary: "kill the server-side process of some users, or a node's own (exit reason 'killed')",
  needs: ['kill-process'],
  heals: 'by itself, which is the point',
  duration: 'none',
  settings,

  check(given: Settings, bounds: FaultBounds): readonly SettingProblem[] {
    if (given.role === 'user') return checkUserSettings(given, bounds);
    if (!bounds.capabilities.has('kill-supervisor'))
      return [{ key: 'role', message: `the target has no process ${given.role} to kill`, remedy: 'role: user' }];
    return checkNodeSettings(given, bounds);
  },

  async inject({ role, ...chosen }, context): Promise<Injection<Handle>> {
    if (role !== 'user') {
      const injection = await killNamed(role, chosen, context);
      return { ...injection, handle: { struck: 'named', named: injection.handle } };
    }
    const injection = await strikeUsers(chosen, context, (user) => context.deployment.killUserProcess(user));
    return { ...injection, handle: { struck: 'users', users: injection.handle } };
  },

  async verify({ handle }: Injection<Handle>, context): Promise<Verification> {
    if (handle.struck === 'named') return verifyNamed(handle.named, context);
    const { victims, asked, acknowledged } = handle.users;
    const gone = await countGone(victims, context);
    return {
      verified: gone === asked,
      evidence: [
        `asked to kill ${asked}; ${victims.length} were alive; the server killed ${acknowledged}`,
        `looked up afterwards: ${gone} of ${victims.length} are gone or have a new pid`,
      ],
    };
  },
};
