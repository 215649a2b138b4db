/** kill-process: exit(pid, kill) for the server-side process of one user or of several. Heals by itself: that is the point. */
import { type FaultKind, ImpossibleFault, type Injection, type Verification } from './fault.ts';
import { checkUserSettings, type UserSettings, userSettings } from './user-settings.ts';
import { chooseVictims, countGone, inBatches, type Victim, victimsText } from './victims.ts';

interface Handle {
  readonly asked: number;
  readonly victims: readonly Victim[];
  /** Victims for whom the server said that it killed a process. */
  readonly acknowledged: number;
}

export const killProcess: FaultKind<UserSettings, Handle> = {
  kind: 'kill-process',
  summary: "kill the server-side process of some users (exit reason 'killed')",
  needs: ['kill-process'],
  duration: 'none',
  settings: userSettings,
  check: checkUserSettings,

  async inject({ target, count }, context) {
    const victims = await chooseVictims(target, count, context);
    if (victims.length === 0) throw new ImpossibleFault(`no user's process is alive (target ${target})`);
    const injectedAtUs = context.nowUs();
    const killed = await inBatches(victims, (victim) => context.deployment.killUserProcess(context.userName(victim.user)));
    return {
      target: victimsText(victims, context),
      injectedAtUs,
      affected: victims.map(({ user }) => user),
      handle: { asked: count, victims, acknowledged: killed.filter(Boolean).length },
    };
  },

  async verify({ handle }: Injection<Handle>, context): Promise<Verification> {
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
