/** kill-process: exit(pid, kill) for the server-side process of one user or of several. Heals by itself: that is the point. */
import type { FaultKind, Injection, Verification } from './fault.ts';
import { checkUserSettings, type UserSettings, userSettings } from './user-settings.ts';
import { countGone, type Struck, strikeUsers } from './victims.ts';

export const killProcess: FaultKind<UserSettings, Struck> = {
  kind: 'kill-process',
  summary: "kill the server-side process of some users (exit reason 'killed')",
  needs: ['kill-process'],
  requires: [],
  heals: 'by itself: that is the point',
  duration: 'none',
  settings: userSettings,
  check: checkUserSettings,

  inject: (settings, context) => strikeUsers(settings, context, (user) => context.deployment.killUserProcess(user)),

  async verify({ handle }: Injection<Struck>, context): Promise<Verification> {
    const gone = await countGone(handle.victims, context);
    return {
      verified: gone === handle.asked,
      evidence: [
        `asked to kill ${handle.asked}; ${handle.victims.length} were alive; the server killed ${handle.acknowledged}`,
        `looked up afterwards: ${gone} of ${handle.victims.length} are gone or live again under a new pid`,
      ],
    };
  },

  undo: null,
};
