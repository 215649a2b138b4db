/** What schedules were played on: the server with its settings, and the load of each run. */
import type { ExplorationResult, ReplayResult } from '../../../harness/evidence/result/exploration.ts';
import { formatCount, formatMs } from '../../format.ts';
import { type Markup, markup } from '../../markup.ts';
import type { Detail } from '../detail.ts';
import { type Fact, factList, known, saying, targetFacts } from '../fact-list.ts';
import { readableTime } from '../head.ts';
import { section } from '../page.ts';

export function playedOn(
  {
    target,
    users,
    loadMs,
    seed,
    startedAt,
    durationMs,
  }: Pick<ExplorationResult | ReplayResult, 'target' | 'users' | 'loadMs' | 'seed' | 'startedAt' | 'durationMs'>,
  document: string,
  detail: Detail,
): Markup {
  const runs: readonly Fact[] = [
    ['Users a run', known(users, formatCount)],
    ['Load a run', known(loadMs, formatMs)],
    ['Seed', markup`<code>${seed}</code>`],
    ...(startedAt === '' ? [] : [['Started', readableTime(startedAt)] as const]),
    ['Duration', known(durationMs, formatMs)],
  ];
  const server: readonly Fact[] =
    target === null ? [['Server', 'never started']] : targetFacts(target, detail, saying(detail), document);
  return section(
    'setting',
    'Where and how it ran',
    markup`<div class="columns">${factList('Target', server)}${factList('Runs', runs)}</div>`,
  );
}
