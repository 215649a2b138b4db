/**
 * `letitcrash gate --baseline RUN --candidate RUN`: two finished runs. Nothing is played, so nothing is called worse: the runs are put side
 * by side, and the candidate is checked against the policy's limits.
 */
import { diffMarkdown } from '../../../reports/diff-markdown.ts';
import { diffAnnotations } from '../../../reports/github-annotations.ts';
import { thisMachine } from '../../evidence/measure/environment.ts';
import { machineFingerprint } from '../../evidence/measure/fingerprint.ts';
import { profiledFigures } from '../../run/profile/profiled-figures.ts';
import { holdToPolicy, machineRefusal, madeOn } from '../../studies/gate/hold-to-policy.ts';
import type { Policy } from '../../studies/gate/policy.ts';
import { refuse, tellGitHub } from './ci-output.ts';
import type { Console } from './console.ts';
import { ExitCode } from './exit-codes.ts';
import type { GateOptions } from './gate-options.ts';
import { namesFinishedRun, showDiff, twoRuns } from './show-diff.ts';

/** Whether both sides of a gate are finished runs. */
export async function gatesFinishedRuns({ baseline, candidate }: GateOptions): Promise<boolean> {
  if (baseline === undefined || candidate === undefined) return false;
  const named = await Promise.all([namesFinishedRun(baseline), namesFinishedRun(candidate)]);
  return named.every((isRun) => isRun);
}

export async function gateFinished(
  { baseline = '', candidate = '', scenario, blocks, strict }: GateOptions,
  policy: Policy,
  console: Console,
): Promise<ExitCode> {
  const { seed, set } = console.options;
  const played = Object.entries({ scenario, blocks, seed: seed ?? undefined, set: set[0] }).filter(
    ([, value]) => value !== undefined,
  );
  if (played.length > 0) {
    const flags = played.map(([name]) => `--${name}`).join(', ');
    await refuse(
      console,
      `${baseline}, ${candidate}: are finished runs, of which nothing is played, so there is no ${flags}\n  leave out either`,
    );
    return ExitCode.usage;
  }
  const runs = await twoRuns(baseline, candidate);
  if (!runs.ok) {
    for (const problem of runs.problems) await refuse(console, problem);
    return ExitCode.usage;
  }
  const { a, b } = runs;
  const refusal =
    policy.slo.length === 0
      ? null
      : (profiledFigures(b.result) ?? machineRefusal(policy, madeOn(b.result), machineFingerprint(thisMachine())));
  if (refusal !== null) {
    await refuse(console, `${candidate}: ${refusal}`);
    return ExitCode.usage;
  }
  const { code, diff } = await showDiff(a, { ...b, result: holdToPolicy(b.result, policy) }, strict === true, console);
  if (diff !== null) await tellGitHub(console, diffAnnotations(diff), diffMarkdown(diff));
  return code;
}
