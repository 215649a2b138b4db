/** A Plan in words: what --dry-run prints. */
import { arrivalModelText } from '../scenario/arrival-model-text.ts';
import type { Plan } from '../scenario/plan.ts';

/** Several lines, without a line break at the end. */
export function planText(plan: Plan): string {
  const { scenario, target, load } = plan;
  const config = Object.entries(target.config).map(([key, value]) => `, ${key} ${JSON.stringify(value)}`);
  const lines = [
    `scenario  ${scenario.name} (${scenario.source}), seed ${plan.seed}`,
    `target    ${target.use}, ${target.nodes} node${target.nodes === 1 ? '' : 's'}, durability ${target.durability}${config.join('')}`,
    `users     ${plan.users}, ${load.connectPerSecond} connecting a second, ${percent(load.offlineShare)} offline, ${percent(load.churnPerSecond)} leaving a second for ${seconds(load.awayMs)}`,
    `load      ${arrivalModelText(load.model)} for ${seconds(load.durationMs)}, ${load.payloadBytes} bytes, ${load.contacts.kind} contacts (${load.contacts.perUser}), ${load.workers} worker${load.workers === 1 ? '' : 's'}`,
    ...plan.faults.map(
      ({ id, atMs, forMs, settings }) =>
        `fault     ${seconds(atMs)} ${id}${forMs === null ? '' : ` for ${seconds(forMs)}`} ${JSON.stringify(settings)}`,
    ),
    `expect    delivery ${plan.deliveryMustBeIntact ? 'intact' : 'observed'}`,
    ...plan.expectations.map(({ metric, source }) => `          ${metric} ${source}`),
  ];
  return lines.join('\n');
}

const seconds = (ms: number): string => `${Number((ms / 1000).toPrecision(6))}s`;
const percent = (share: number): string => `${Number((share * 100).toPrecision(4))}%`;
