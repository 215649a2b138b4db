/** Each kind of page that the reports can make, of its example. */
import { chaosReport } from '../../reports/html/chaos.ts';
import { comparisonReport } from '../../reports/html/comparison.ts';
import { explorationReport } from '../../reports/html/exploration.ts';
import { replayReport } from '../../reports/html/replay.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { trendReport } from '../../reports/html/trend.ts';
import { exampleComparison } from './example-comparison.ts';
import { exampleExploration, exampleReplay } from './example-exploration.ts';
import { exampleHistory } from './example-history.ts';
import { brokenResult, exampleResult, repeatedResult } from './example-result.ts';

export function everyPage(): readonly (readonly [name: string, page: string])[] {
  return [
    ['a run', htmlReport(exampleResult())],
    ['a run that failed', htmlReport(brokenResult())],
    ['a run with repeats', htmlReport(repeatedResult())],
    ['chaos', chaosReport(repeatedResult()) ?? ''],
    ['a comparison', comparisonReport(exampleComparison())],
    ['a history', trendReport(exampleHistory())],
    ['an exploration', explorationReport(exampleExploration())],
    ['a replay', replayReport(exampleReplay())],
  ];
}
