/** What the index of runs says about a finished document: its verdict, what it was, and the figures that people look for first. Pure. */
import { comparedText, comparisonWord, inOrderOfWeight } from '../../../reports/comparison-words.ts';
import { COMPARABLE_WORDS, diffTitle } from '../../../reports/diff-words.ts';
import { explorationWords, type OutcomeWords, replayWords } from '../../../reports/exploration-words.ts';
import { struckFaults } from '../../../reports/fault-words.ts';
import { clip, plural } from '../../../reports/format.ts';
import { VERDICT_WORDS, type WorstRecovery, worstRecovery } from '../../../reports/sentence.ts';
import { latestChanges, trendWord } from '../../../reports/trend-words.ts';
import { accounted } from '../../evidence/result/accounted.ts';
import type { Comparison } from '../../evidence/result/comparison.ts';
import type { Diff } from '../../evidence/result/diff.ts';
import type { ExplorationResult, ReplayResult } from '../../evidence/result/exploration.ts';
import type { History } from '../../evidence/result/history.ts';
import { isNever, NEVER } from '../../evidence/result/never.ts';
import { oneLine } from '../../evidence/result/printable.ts';
import type { Result, ToldLatency } from '../../evidence/result/result.ts';
import type { IndexEntry, IndexFigure } from '../../evidence/result/run-index.ts';
import { isWithheld } from '../../evidence/result/withheld.ts';
import type { FinishedDocument } from './finished.ts';

export type EntryFacts = Pick<
  IndexEntry,
  'kind' | 'verdict' | 'state' | 'name' | 'about' | 'startedAt' | 'durationMs' | 'figures'
>;

const MAX_TEXT = 200;
const METRICS = 2;
const RECOVERY = 'slowest recovery';

const STATES = { pass: 'good', fail: 'bad', invalid: 'open', unknown: 'open' } as const;

export function entryFacts(document: FinishedDocument): EntryFacts {
  const facts = factsOf(document);
  const say = (text: string): string => clip(oneLine(text), MAX_TEXT);
  return {
    ...facts,
    verdict: say(facts.verdict),
    name: say(facts.name),
    about: say(facts.about),
    startedAt: say(facts.startedAt),
    figures: facts.figures.map((figure) => ({ ...figure, name: say(figure.name) })),
  };
}

function factsOf(document: FinishedDocument): EntryFacts {
  switch (document.kind) {
    case 'run':
      return runFacts(document.result);
    case 'comparison':
      return comparisonFacts(document.comparison);
    case 'diff':
      return diffFacts(document.diff);
    case 'exploration':
      return explorationFacts(document.exploration);
    case 'replay':
      return replayFacts(document.replay);
    case 'history':
      return trendFacts(document.history);
  }
}

function runFacts(result: Result): EntryFacts {
  const { verdict, scenario, target, startedAt, durationMs, latency } = result;
  // A closed loop has no response time, only a service time.
  const timed = latency.response ?? latency.service;
  const delivery = accounted(result);
  return {
    kind: 'run',
    verdict: VERDICT_WORDS[verdict],
    state: STATES[verdict],
    name: scenario.name,
    about: server(target),
    startedAt,
    durationMs,
    figures: [
      isWithheld(result) ? instead('p50', 'withheld', 'us') : time('p50', timed, timed?.p50Us ?? null),
      isWithheld(result) ? instead('p99', 'withheld', 'us') : time('p99', timed, timed?.p99Us ?? null),
      delivery !== null && delivery.acked > 0 ? measured('lost', delivery.lost, 'count') : instead('lost', 'not known', 'count'),
      isWithheld(result) && struckFaults(result).length > 0
        ? instead(RECOVERY, 'withheld', 'ms')
        : recovery(worstRecovery(result)),
    ],
  };
}

function time(name: string, timed: ToldLatency | null, us: number | null): IndexFigure {
  return isNever(timed, us) ? instead(name, NEVER, 'us') : measured(name, us, 'us');
}

function recovery(worst: WorstRecovery): IndexFigure {
  const name = RECOVERY;
  if (worst.kind === 'recovered') return measured(name, worst.ms, 'ms');
  const words = {
    none: 'no faults',
    unmeasured: 'not measured',
    unstruck: 'nothing struck',
    unreached: 'run ended first',
    unnoticed: 'none needed',
    censored: 'never',
  }[worst.kind];
  return instead(name, words, 'ms');
}

function comparisonFacts(comparison: Comparison): EntryFacts {
  const { b, verdict, valid, startedAt, durationMs, metrics } = comparison;
  return {
    kind: 'comparison',
    verdict: comparisonWord(comparison),
    state: !valid ? 'open' : ({ regressed: 'bad', equivalent: 'good', inconclusive: 'open' } as const)[verdict],
    name: comparedText(comparison),
    about: `${b.scenario.name} on ${server(b.target)}`,
    startedAt,
    durationMs,
    figures: inOrderOfWeight(metrics)
      .slice(0, METRICS)
      .map(({ name, ratio }) =>
        !valid
          ? instead(name, 'not shown', 'ratio')
          : ratio === null
            ? instead(name, 'no ratio', 'ratio')
            : measured(name, ratio, 'ratio'),
      ),
  };
}

/** Two runs have no verdict, and no figure that describes both. */
function diffFacts(diff: Diff): EntryFacts {
  const { a, b, comparable } = diff;
  return {
    kind: 'diff',
    verdict: COMPARABLE_WORDS[comparable],
    state: 'open',
    name: diffTitle(diff),
    about: `${a.run} and ${b.run}`,
    startedAt: [a.startedAt ?? '', b.startedAt ?? ''].toSorted().at(-1) ?? '',
    durationMs: null,
    figures: [],
  };
}

function explorationFacts(exploration: ExplorationResult): EntryFacts {
  const { target, startedAt, durationMs, schedules, found, loadMs, users } = exploration;
  return {
    kind: 'exploration',
    ...outcome(explorationWords(exploration)),
    name: target === null ? 'a server that was never started' : `exploration of ${target.name}`,
    about: `${target === null ? '' : `${server(target)}, `}runs of ${loadMs / 1000} s with ${plural(users, 'user')}`,
    startedAt,
    durationMs,
    figures: [measured('schedules', schedules, 'count'), measured('found', found.length, 'count')],
  };
}

function replayFacts(replay: ReplayResult): EntryFacts {
  const { scenario, target, startedAt, durationMs, reproduction } = replay;
  return {
    kind: 'replay',
    ...outcome(replayWords(replay)),
    name: `replay of ${scenario}`,
    about: target === null ? '' : server(target),
    startedAt,
    durationMs,
    figures: [measured('runs', reproduction.runs, 'count'), measured('failed', reproduction.failures, 'count')],
  };
}

function trendFacts(history: History): EntryFacts {
  const { series } = history;
  const latest = latestChanges(history).map(({ change }) => change);
  const worse = latest.filter((change) => change.worse).length;
  const runs = series.flatMap(({ runs: own }) => own);
  return {
    kind: 'trend',
    verdict: trendWord(history),
    state: worse === 0 ? 'open' : 'bad',
    name: `trend of ${[...new Set(series.map(({ setup }) => setup.scenario))].join(', ')}`,
    about: plural(series.length, 'series', 'series'),
    startedAt: runs.reduce((newest, { startedAt }) => (startedAt > newest ? startedAt : newest), ''),
    durationMs: null,
    figures: [measured('runs', runs.length, 'count'), measured('changes', latest.length, 'count')],
  };
}

function outcome({ kind, word }: OutcomeWords): Pick<EntryFacts, 'verdict' | 'state'> {
  return { verdict: word, state: STATES[kind] };
}

function server({ name, version, nodes }: Result['target']): string {
  return `${`${name} ${version}`.trim()}, ${plural(nodes, 'node')}`;
}

function measured(name: string, value: number | null, unit: string): IndexFigure {
  return value === null ? instead(name, 'not measured', unit) : { name, value, unit, words: null };
}

function instead(name: string, words: string, unit: string): IndexFigure {
  return { name, value: null, unit, words };
}
