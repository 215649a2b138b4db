/** How the conditions of two runs differ, what that does to their figures, and what is not known about them. Pure. */

import { fingerprintDifferences } from '../../evidence/measure/fingerprint.ts';
import type { DiffCondition } from '../../evidence/result/diff.ts';
import { clip } from '../../evidence/result/printable.ts';
import type { Result } from '../../evidence/result/result.ts';
import { VALIDITY } from '../compare/block-validity.ts';
import { instrumentOf, knownMachine, knownNumber, knownText } from './known.ts';

/** Runs whose lengths differ by more than this count as different lengths. */
const LENGTH_SHARE = 0.2;
const MAX_SETTINGS = 100;
const MAX_TEXT = 300;

interface Probe extends Pick<DiffCondition, 'about' | 'name' | 'why'> {
  readonly effect: 'forbids' | 'subject';
  /** Null if the result does not say. */
  of(result: Result): string | null;
}

const MACHINE = 'times, rates and sizes depend on the machine as much as on the server';
const LOAD = 'the servers did not get the same load';
const INSTRUMENT = 'the difference may come from how it was measured';
const SERVER = 'this is what is compared: a difference may come from it';

/** Only for runs that letitcrash measured: for others it is the version that imported them. */
const own = (of: (result: Result) => string | null) => (result: Result) => (result.measuredBy === null ? of(result) : null);
const count = (value: number | null | undefined): string | null => {
  const known = knownNumber(value);
  return known === null ? null : known.toLocaleString('en-US');
};

const PROBES: readonly Probe[] = [
  { about: 'instrument', name: 'measured by', effect: 'forbids', why: INSTRUMENT, of: instrumentOf },
  {
    about: 'instrument',
    name: 'loop',
    effect: 'forbids',
    why: 'an open loop includes waiting that a closed loop leaves out',
    of: ({ load }) => load.loop,
  },
  {
    about: 'instrument',
    name: 'profiler',
    effect: 'forbids',
    why: 'every figure includes the cost of the profiler',
    of: ({ profiledWith }) => profiledWith ?? 'none',
  },
  { about: 'load', name: 'users', effect: 'forbids', why: LOAD, of: ({ load }) => count(load.users) },
  {
    about: 'load',
    name: 'arrivals',
    effect: 'forbids',
    why: LOAD,
    // A tool's own description of its load repeats the number of users or connections.
    of: ({ load, measuredBy }) => (measuredBy === null ? knownText(load.model) : null),
  },
  {
    about: 'load',
    name: 'HTTP connections',
    effect: 'forbids',
    why: LOAD,
    of: ({ http }) => (http === null ? 'no HTTP' : count(http.connections)),
  },
  {
    about: 'load',
    name: 'HTTP requests at once',
    effect: 'forbids',
    why: LOAD,
    of: ({ http }) => (http === null ? 'no HTTP' : count(http.pipelining)),
  },
  {
    about: 'faults',
    name: 'faults',
    effect: 'forbids',
    why: 'the runs were disturbed in different ways',
    of: (result) => (result.measuredBy === null ? faultsText(result) : null),
  },
  { about: 'target', name: 'server', effect: 'subject', why: SERVER, of: ({ target }) => knownText(target.name) },
  { about: 'target', name: 'version', effect: 'subject', why: SERVER, of: ({ target }) => knownText(target.version) },
  { about: 'target', name: 'runtime', effect: 'subject', why: SERVER, of: ({ target }) => knownText(target.runtime) },
  { about: 'target', name: 'nodes', effect: 'subject', why: SERVER, of: ({ target }) => count(target.nodes) },
];

/** Only if letitcrash measured both runs. */
const OWN_PROBES: readonly Probe[] = [
  { about: 'instrument', name: 'driver', effect: 'forbids', why: INSTRUMENT, of: own(({ load }) => knownText(load.driver)) },
  {
    about: 'instrument',
    name: 'letitcrash',
    effect: 'forbids',
    why: INSTRUMENT,
    of: own(({ environment }) => knownText(environment.letitcrash)),
  },
  {
    about: 'instrument',
    name: 'Node of the harness',
    effect: 'forbids',
    why: INSTRUMENT,
    of: own(({ environment }) => knownText(environment.node)),
  },
  { about: 'instrument', name: 'workers', effect: 'forbids', why: INSTRUMENT, of: own(({ load }) => count(load.workers)) },
  {
    about: 'instrument',
    name: 'arena',
    effect: 'forbids',
    why: INSTRUMENT,
    of: own(({ environment }) => (environment.arena ? 'in its own namespaces' : 'none')),
  },
  {
    about: 'load',
    name: 'payload',
    effect: 'forbids',
    why: LOAD,
    of: own(({ load }) =>
      load.loop === 'closed' ? 'none' : load.payloadBytes === null ? null : `${load.payloadBytes.toLocaleString('en-US')} B`,
    ),
  },
  {
    about: 'load',
    name: 'users offline',
    effect: 'forbids',
    why: LOAD,
    of: own(({ load }) => (load.offlineShare === null ? null : `${Number((load.offlineShare * 100).toPrecision(3))}%`)),
  },
];

/** What forbids a comparison first, then what is not known, then what is compared. */
export function conditionsOf(a: Result, b: Result): readonly DiffCondition[] {
  const both = a.measuredBy === null && b.measuredBy === null;
  const found = [
    ...sameRun(a, b),
    ...spoilt(a, b),
    ...machines(a, b),
    ...[...PROBES, ...(both ? OWN_PROBES : [])].flatMap((probe) => differenceBy(probe, a, b)),
    ...lengths(a, b),
    ...scenarios(a, b, both),
    ...settings(a, b),
  ];
  const order: readonly DiffCondition['effect'][] = ['forbids', 'unknown', 'subject'];
  // Compared exactly, and shown clipped.
  const shown = found.map((each) => ({ ...each, a: clipped(each.a), b: clipped(each.b) }));
  return shown.toSorted((one, other) => order.indexOf(one.effect) - order.indexOf(other.effect));
}

function differenceBy({ of, effect, ...probe }: Probe, a: Result, b: Result): DiffCondition[] {
  const [ofA, ofB] = [of(a), of(b)];
  if (ofA === null || ofB === null) return [{ ...probe, a: ofA, b: ofB, effect: 'unknown' }];
  return ofA === ofB ? [] : [{ ...probe, a: ofA, b: ofB, effect }];
}

/** Imported twice, or given twice. */
function sameRun(a: Result, b: Result): DiffCondition[] {
  const identity = ({ startedAt, seed, durationMs, scenario }: Result): string =>
    JSON.stringify([startedAt, seed, durationMs, scenario.sha256]);
  const sameFile = a.measuredBy !== null && b.measuredBy !== null && fileOf(a) === fileOf(b);
  if (identity(a) !== identity(b) && !sameFile) return [];
  return [
    { about: 'run', name: 'the run', a: a.startedAt, b: b.startedAt, effect: 'forbids', why: 'A and B are one and the same run' },
  ];
}

/** Of an imported file; in older results, the hash of the scenario was the hash of the file. */
function fileOf({ measuredBy, scenario }: Result): string {
  return measuredBy?.imported?.sha256 ?? scenario.sha256;
}

/** What a run reports against itself. */
function spoilt(a: Result, b: Result): DiffCondition[] {
  const both = (name: string, why: string, of: (result: Result) => string | null): DiffCondition[] => {
    const [ofA, ofB] = [of(a), of(b)];
    return ofA === null && ofB === null ? [] : [{ about: 'run', name, a: ofA ?? 'no', b: ofB ?? 'no', effect: 'forbids', why }];
  };
  return [
    ...both('invalid or unknown', 'no figure of such a run describes the server', ({ verdict, reasons }) =>
      verdict === 'invalid' || verdict === 'unknown' ? `${verdict}: ${reasons[0] ?? 'no reason given'}` : null,
    ),
    ...both('aborted', 'the run ended early', ({ aborted }) => (aborted === null ? null : aborted.condition)),
    ...both(
      'processor time taken by other guests',
      'the run did not have the machine to itself',
      ({ environment: { stealShare } }) =>
        stealShare !== null && stealShare > VALIDITY.stealShare ? `${(stealShare * 100).toFixed(0)}%` : null,
    ),
  ];
}

function machines(a: Result, b: Result): DiffCondition[] {
  const [ofA, ofB] = [knownMachine(a), knownMachine(b)];
  if (ofA === null || ofB === null)
    return [{ about: 'machine', name: 'machine', a: ofA, b: ofB, effect: 'unknown', why: MACHINE }];
  return fingerprintDifferences(ofA, ofB).map(({ part, one, other }) => ({
    about: 'machine',
    name: part,
    a: one,
    b: other,
    effect: 'forbids',
    why: MACHINE,
  }));
}

function lengths(a: Result, b: Result): DiffCondition[] {
  const [ofA, ofB] = [knownNumber(a.durationMs), knownNumber(b.durationMs)];
  const base = {
    about: 'load',
    name: 'length',
    why: 'a longer run sees more rare events, and its beginning weighs less',
  } as const;
  const text = (ms: number | null): string | null => (ms === null ? null : `${Number((ms / 1000).toPrecision(3))} s`);
  if (ofA === null || ofB === null) return [{ ...base, a: text(ofA), b: text(ofB), effect: 'unknown' }];
  const apart = Math.max(ofA, ofB) / Math.min(ofA, ofB) - 1;
  return apart <= LENGTH_SHARE ? [] : [{ ...base, a: text(ofA), b: text(ofB), effect: 'forbids' }];
}

/** For files of other tools, the hash is that of the figures. */
function scenarios(a: Result, b: Result, both: boolean): DiffCondition[] {
  if (!both || a.scenario.sha256 === b.scenario.sha256) return [];
  const text = ({ name, sha256 }: Result['scenario']): string => `${name} ${sha256.slice(0, 8)}`;
  return [
    {
      about: 'load',
      name: 'scenario',
      a: text(a.scenario),
      b: text(b.scenario),
      effect: 'unknown',
      why: 'the files differ, and results do not record everything that a scenario says',
    },
  ];
}

function settings(a: Result, b: Result): DiffCondition[] {
  // How many nodes there are is asked before, whether or not a target counts it among its settings.
  const names = [...new Set([...Object.keys(a.target.config), ...Object.keys(b.target.config)])]
    .filter((name) => name !== 'nodes')
    .slice(0, MAX_SETTINGS);
  const text = (value: unknown): string => (value === undefined ? 'not set' : settingText(value));
  return names.flatMap((name): DiffCondition[] => {
    const [ofA, ofB] = [text(a.target.config[name]), text(b.target.config[name])];
    return ofA === ofB ? [] : [{ about: 'target', name: name.slice(0, 60), a: ofA, b: ofB, effect: 'subject', why: SERVER }];
  });
}

function faultsText({ faults }: Result): string {
  if (faults.length === 0) return 'none';
  const words = (requested: Readonly<Record<string, unknown>>): string =>
    Object.entries(requested)
      .map(([key, value]) => `${key} ${settingText(value)}`)
      .join(', ');
  return faults.map(({ kind, requested }) => `${kind} (${words(requested)})`).join('; ');
}

/** A setting as people write it; objects as JSON. */
function settingText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not set');
}

function clipped(text: string | null): string | null {
  return text === null ? null : clip(text, MAX_TEXT);
}
