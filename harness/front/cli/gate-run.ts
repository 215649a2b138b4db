/** `letitcrash gate --run DIR`: one finished run, checked against the absolute limits of a policy. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resultAnnotations } from '../../../reports/github-annotations.ts';
import { terminalSummary } from '../../../reports/terminal.ts';
import { thisMachine } from '../../evidence/measure/environment.ts';
import { machineFingerprint } from '../../evidence/measure/fingerprint.ts';
import { readRun } from '../../run/folder/finished-run.ts';
import { profiledFigures } from '../../run/profile/profiled-figures.ts';
import { makeFolder } from '../../run/tools/make-folder.ts';
import { holdToPolicy, machineRefusal, madeOn } from '../../studies/gate/hold-to-policy.ts';
import type { Policy } from '../../studies/gate/policy.ts';
import { GATE_FOLDER } from '../library/own-files.ts';
import { writeReports } from '../library/report-files.ts';
import { refuse, tellGitHub } from './ci-output.ts';
import type { Console } from './console.ts';
import { ExitCode, VERDICT_CODES } from './exit-codes.ts';

/** The run's own files are not changed: the judgement is written beside them, or where --out says. */
export async function gateRun(given: string, policy: Policy, console: Console): Promise<ExitCode> {
  if (policy.slo.length === 0) {
    const named = policy.source ?? 'the policy';
    await refuse(
      console,
      `${named}: sets no limits, and a single run can be held to nothing else\n  slo: { response.p99: < 50ms }`,
    );
    return ExitCode.usage;
  }
  const run = await readRun(given);
  if (typeof run === 'string') {
    await refuse(console, run);
    return ExitCode.usage;
  }
  const profiled = profiledFigures(run.result);
  if (profiled !== null) {
    await refuse(console, `${given}: ${profiled}\n  gate a run that nobody profiled: letitcrash run ${run.result.scenario.name}`);
    return ExitCode.usage;
  }
  const refusal = machineRefusal(policy, madeOn(run.result), machineFingerprint(thisMachine()));
  if (refusal !== null) {
    await refuse(console, `${given}: ${refusal}`);
    return ExitCode.usage;
  }
  const judged = holdToPolicy(run.result, policy);
  const folder = console.options.out ?? join(run.folder, GATE_FOLDER);
  makeFolder(folder);
  const reportPath = await writeReports(judged, folder);
  console.printReport(terminalSummary(judged, { colour: console.colour, width: console.width, reportPath }));
  console.document(judged);
  await tellGitHub(console, resultAnnotations(judged), await readFile(join(folder, 'summary.md'), 'utf8'));
  return VERDICT_CODES[judged.verdict];
}
