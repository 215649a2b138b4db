/**
 * runaway-process: some users' processes enter an endless loop. The server must notice, end them with reason `runaway`, and go on serving
 * everybody else. Heals by itself.
 */
import { eventually } from '../../eventually.ts';
import { chaosOf, type FaultKind, type Injection, type Verification } from '../../fault.ts';
import { checkUserSettings, type UserSettings, userSettings } from '../../user-settings.ts';
import { countGone, type Struck, strikeUsers } from '../../victims.ts';

/** Longer than any reasonable preemption takes. */
const PREEMPTED_WITHIN_MS = 5_000;

export const runawayProcess: FaultKind<UserSettings, Struck> = {
  kind: 'runaway-process',
  summary: "some users' processes spin for ever; the scheduler must preempt and end them (exit reason 'runaway')",
  needs: ['runaway-process'],
  heals: 'by itself: the scheduler ends it',
  duration: 'none',
  settings: userSettings,
  check: checkUserSettings,

  inject: (settings, context) => strikeUsers(settings, context, (user) => chaosOf(context).runAway(user)),

  async verify({ handle }: Injection<Struck>, context): Promise<Verification> {
    const { victims, asked } = handle;
    const gone = await eventually(
      () => countGone(victims, context),
      (count) => count === victims.length,
      PREEMPTED_WITHIN_MS,
    );
    const reports = await chaosOf(context).crashReports();
    const pids = new Set(victims.map(({ incarnation }) => incarnation));
    const preempted = reports.filter(({ process, reason }) => reason === 'runaway' && pids.has(process)).length;
    return {
      verified: gone === asked && preempted === asked,
      evidence: [
        `asked ${asked} processes to spin; ${gone} of ${victims.length} are gone or have a new pid`,
        `${preempted} of them were reported as ended with reason runaway`,
      ],
    };
  },
};
