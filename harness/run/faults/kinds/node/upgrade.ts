/**
 * upgrade: the running code is replaced by another release while users are connected and messages are in flight. A release whose state
 * cannot be translated must leave the old code and state in place: such a step says `outcome: kept-old-code`.
 */
import { z } from 'zod';
import type { UpgradeReport } from '../../../../../targets/target.ts';
import { chaosOf, type FaultKind, type Injection, type Verification } from '../../fault.ts';

const settings = z.strictObject({
  release: z.string().meta({ description: 'name of the release to go to' }),
  outcome: z.enum(['upgraded', 'kept-old-code']).default('upgraded').meta({ description: 'the expected outcome' }),
});
type Settings = z.infer<typeof settings>;

interface Handle {
  readonly expected: Settings['outcome'];
  readonly report: UpgradeReport;
}

export const upgrade: FaultKind<Settings, Handle> = {
  kind: 'upgrade',
  summary: 'replace the running code by another release, or try to and fall back',
  needs: ['upgrade'],
  heals: 'never: install another release to go back',
  duration: 'none',
  settings,

  async inject({ release, outcome }, context) {
    const injectedAtUs = context.nowUs();
    const report = await chaosOf(context).upgrade(release);
    return { target: `release ${release}`, injectedAtUs, affected: 'everybody', handle: { expected: outcome, report } };
  },

  verify({ handle }: Injection<Handle>): Promise<Verification> {
    const { expected, report } = handle;
    const complete = report.outcome === 'kept-old-code' || (report.migrated > 0 && report.leftOnOld === 0);
    return Promise.resolve({
      verified: report.outcome === expected && complete,
      evidence: [
        `asked for release ${report.release}, expecting it to be ${expected}; it was ${report.outcome}`,
        `${report.migrated} processes migrated, ${report.leftOnOld} left on the old code${report.reason === null ? '' : `; ${report.reason}`}`,
      ],
    });
  },
};
