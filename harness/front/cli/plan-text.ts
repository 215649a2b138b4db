/** A Plan in words, with the schedule and what it needs from this machine: the output of --dry-run. */

import { formatBytes, formatCount, formatRate, plural } from '../../evidence/result/format.ts';
import { moduleLabel } from '../../plan/own-server/module-path.ts';
import { arrivalModelText } from '../../plan/scenario/arrival-model-text.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import type { Rehearsal, RehearsedFault, RehearsedNeed } from '../../run/conductor/rehearsal.ts';

/** Several lines, without a line break at the end. */
export function planText(plan: Plan, rehearsal: Rehearsal): string {
  const { scenario, target, load } = plan;
  const config = Object.entries(target.config).map(([key, value]) => `, ${key} ${JSON.stringify(value)}`);
  const lines = [
    `scenario  ${scenario.name} (${scenario.source}), seed ${plan.seed}`,
    `target    ${moduleLabel(target.use)}, ${plural(target.nodes, 'node')}, durability ${target.durability}${config.join('')}${target.owned ? '; you own its servers, wherever they are' : ''}`,
    ...(rehearsal.target.available ? [] : [`          CANNOT RUN HERE: ${rehearsal.target.reason}; ${rehearsal.target.remedy}`]),
    ...loadLines(plan),
    ...httpLines(plan),
    ...section('faults', scheduleLines(rehearsal.schedule)),
    ...section('needs', rehearsal.needs.map(needLine)),
    ...section(
      'abort',
      plan.abort.map(({ source }) => source),
    ),
    ...section('expect', [
      ...(load.model.kind === 'closed' ? [] : [`delivery ${plan.deliveryMustBeIntact ? 'intact' : 'observed'}`]),
      ...plan.expectations.map(({ metric, source }) => `${metric} ${source}`),
    ]),
  ];
  return lines.join('\n');
}

function loadLines({ users, load }: Plan): string[] {
  const { model, durationMs, warmUpMs } = load;
  if (model.kind === 'closed')
    return [`load      ${arrivalModelText(model)} for ${seconds(durationMs)} after ${seconds(warmUpMs)}; no messages`];
  return [
    `users     ${formatCount(users)}${load.devices === 1 ? '' : ` with ${load.devices} devices each, ${plural(users * load.devices, 'connection')}`}, ${formatCount(load.connectPerSecond)} connecting a second, ${percent(load.offlineShare)} offline, ${percent(load.churnPerSecond)} leaving a second for ${seconds(load.awayMs)}${load.watch === 0 ? '' : `; each watches ${load.watch}`}`,
    `load      ${arrivalModelText(load.model)} for ${seconds(load.durationMs)}, ${formatBytes(load.payloadBytes)} each, ${load.contacts.kind} contacts (${load.contacts.perUser}), ${plural(load.workers, 'worker')}${load.driver === null ? '' : `, driver ${moduleLabel(load.driver)}`}`,
  ];
}

function httpLines({ http }: Plan): string[] {
  if (http === null) return [];
  const { connections, pipelining, ratePerSecond, atMs, forMs, url, requests } = http;
  const most = ratePerSecond === null ? 'as fast as answers come' : `at most ${formatRate(ratePerSecond)}`;
  return section('http', [
    `${plural(connections, 'connection')}${pipelining === 1 ? '' : ` of ${pipelining} requests at once`}, ${most}, from ${seconds(atMs)} for ${seconds(forMs)}, at ${url ?? "the target's own HTTP"}`,
    ...requests.map(({ method, path, weight }) => `${weight} × ${method} ${path}`),
  ]);
}

function section(name: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `${(index === 0 ? name : '').padEnd(10)}${line}`);
}

function scheduleLines(schedule: readonly RehearsedFault[]): string[] {
  const width = (texts: readonly string[]): number => Math.max(0, ...texts.map(({ length }) => length));
  const times = schedule.map(({ atMs }) => seconds(atMs));
  const ids = schedule.map(({ id }) => id);
  return schedule.map((fault, index) =>
    [
      (times[index] as string).padStart(width(times)),
      (ids[index] as string).padEnd(width(ids)),
      `${settingsText(fault.settings)}${healingText(fault)}`,
    ].join('  '),
  );
}

function settingsText(settings: RehearsedFault['settings']): string {
  const words = Object.entries(settings).map(
    ([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return words.length === 0 ? '' : `${words.join(', ')}; `;
}

function healingText({ atMs, undoneAtMs, heals }: RehearsedFault): string {
  if (undoneAtMs === null) return `heals: ${heals}`;
  return undoneAtMs === atMs ? 'undone at once' : `undone at ${seconds(undoneAtMs)}`;
}

function needLine({ name, kinds, state }: RehearsedNeed): string {
  const by = `for ${kinds.join(', ')}`;
  return state.met ? `${name}: met (${state.found}), ${by}` : `${name}: NOT MET, ${by}: ${state.reason}; ${state.remedy}`;
}

/** Exact, because this is the plan and not a measurement. */
const seconds = (ms: number): string => `${Number((ms / 1000).toPrecision(6))} s`;
const percent = (share: number): string => `${Number((share * 100).toPrecision(4))}%`;
