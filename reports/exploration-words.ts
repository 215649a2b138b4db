/** An exploration and a replay in words: what every report of one says in the same way. Plain text, not escaped. */
import {
  type ExplorationResult,
  type ReplayResult,
  reductionText,
  reproductionText,
  type ScheduleStep,
} from '../harness/evidence/result/exploration.ts';
import { formatCount, formatMs, formatShare, plural } from './format.ts';
import { propertyName } from './properties.ts';

/** How it came out, for the box at the head of a page. */
export interface OutcomeWords {
  readonly kind: 'pass' | 'fail' | 'invalid' | 'unknown';
  readonly word: string;
  /** Without a capital and with its full stop. */
  readonly sentence: string;
}

export function explorationWords(exploration: ExplorationResult): OutcomeWords {
  const { ending, found, schedules, acked, reduction } = exploration;
  const searched = `${plural(schedules, 'schedule')} played, ${plural(acked, 'message')} acknowledged`;
  const [first, ...more] = found;
  if (first !== undefined) {
    const others = more.length === 0 ? '' : `; ${plural(more.length, 'more finding')}`;
    const steps = first.minimal.length === 0 ? 'the load alone' : `${plural(first.minimal.length, 'fault')}`;
    return {
      kind: 'fail',
      word: ending === 'interrupted' ? 'Found, and interrupted' : 'Found',
      sentence: `"${propertyName(first.property)}" is broken by ${steps}, ${reproductionText(first.reproduction)}${others}; ${searched}${reduction === null ? '' : `; ${reductionText(reduction)}`}.`,
    };
  }
  if (ending === 'unfit')
    return {
      kind: 'invalid',
      word: 'Given up',
      sentence: `too many runs in a row proved nothing, so the search was given up; ${searched}.`,
    };
  if (ending === 'interrupted')
    return {
      kind: 'unknown',
      word: 'Interrupted',
      sentence: `nothing was found before the search was interrupted; ${searched}.`,
    };
  if (ending === 'going')
    return { kind: 'unknown', word: 'Unfinished', sentence: `the search had not ended when this was written; ${searched}.` };
  if (schedules === 0)
    return { kind: 'invalid', word: 'Nothing proven', sentence: 'no played schedule counts, so nothing is proven.' };
  return {
    kind: 'pass',
    word: 'Nothing found',
    sentence: `no schedule broke a delivery property; ${searched}. This proves nothing about the schedules that were not played.`,
  };
}

export function replayWords({ reproduction, discounted, interrupted, broken }: ReplayResult): OutcomeWords {
  const uncounted = discounted.length === 0 ? '' : `; ${plural(discounted.length, 'run')} did not count`;
  const { runs, failures } = reproduction;
  if (failures > 0) {
    const names = Object.keys(broken).map((property) => `"${propertyName(property)}"`);
    return {
      kind: 'fail',
      word: interrupted ? 'Broken, and interrupted' : 'Broken',
      sentence: `${names.join(', ')} ${names.length === 1 ? 'was' : 'were'} broken ${reproductionText(reproduction)}${uncounted}.`,
    };
  }
  if (interrupted)
    return {
      kind: 'unknown',
      word: 'Interrupted',
      sentence: `nothing was broken in ${plural(runs, 'run')} before the replay was interrupted${uncounted}.`,
    };
  if (runs === 0)
    return {
      kind: 'invalid',
      word: 'Nothing proven',
      sentence: `no run counted, so nothing is proven${uncounted}.`,
    };
  return {
    kind: 'pass',
    word: 'Held',
    sentence: `every property held in ${runs === 1 ? 'the one run' : `all ${formatCount(runs)} runs`}; a schedule that fails in more than ${formatShare(reproduction.high)} of its runs would very likely have failed (95%)${uncounted}.`,
  };
}

/** `kill-node`, then its settings: `node n1`; empty where it has none. */
export function settingsText({ at: _, kind: __, for: ___, ...settings }: ScheduleStep): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key} ${typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined')}`)
    .join(', ');
}

/** `2 schedules with 4 faults`: what a run of it is. */
export function runText({ users, loadMs }: { readonly users: number | null; readonly loadMs: number | null }): string {
  if (users === null || loadMs === null) return 'each run with users that the server has not seen before';
  return `each run ${formatMs(loadMs)} of load from ${plural(users, 'user')} that the server has not seen before`;
}

const MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };

/** A time as a scenario writes it, in milliseconds; null if the text is not a time. */
export function writtenMs(text: string | undefined): number | null {
  const [, value, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/u.exec(text ?? '') ?? [];
  const size = MS[unit];
  return value === undefined || size === undefined ? null : Number(value) * size;
}
