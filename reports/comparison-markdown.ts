/** summary.md of a comparison: for a pull request or a job summary. Table first, under MARKDOWN_SIZE_LIMIT bytes. */
import type { ComparedMetric, Comparison } from '../harness/evidence/result/comparison.ts';
import { withOneLineTexts } from '../harness/evidence/result/one-line-texts.ts';
import {
  BETTER_WORDS,
  betterForSure,
  blocksText,
  brokenText,
  comparedText,
  comparisonWord,
  detectableText,
  errorText,
  inOrderOfWeight,
  intervalText,
  sidesText,
  sideValue,
  WITHHELD,
} from './comparison-words.ts';
import { formatChange, formatInUnit, formatMachineMemory, formatMs, formatShare, plural } from './format.ts';
import { actualText } from './latency-words.ts';
import { bullets, type Detail, fitting, listTable, page, plain, shellBlock } from './markdown-text.ts';

const DOCUMENT = 'comparison.json';

/** The page; long lists are shortened until it fits, and say so. */
export function comparisonMarkdown(given: Comparison): string {
  const comparison = withOneLineTexts(given);
  return fitting((detail) => render(comparison, detail));
}

function render(comparison: Comparison, detail: Detail): string {
  const name = plain(comparedText(comparison), Math.min(detail.text, 160));
  return page([
    `## ${comparisonWord(comparison)}: ${name}`,
    metrics(comparison, detail),
    better(comparison, detail),
    reasons(comparison, detail),
    checks(comparison, detail),
    broken(comparison, detail),
    blocks(comparison, detail),
    setting(comparison, detail),
  ]);
}

function metrics(comparison: Comparison, detail: Detail): string {
  if (!comparison.valid) return WITHHELD;
  const head = ['metric', 'A', 'B', 'change', 'interval', 'margin', 'detectable', 'verdict'];
  const all = inOrderOfWeight(comparison.metrics);
  const rows = listTable({ align: 'lrrrrrrl', head, all, document: DOCUMENT }, detail, (metric) => [
    plain(metric.name, detail.text),
    sideValue(metric, 'a'),
    sideValue(metric, 'b'),
    `**${formatChange(metric.ratio)}**`,
    intervalText(metric),
    formatShare(metric.margin),
    detectableText(metric),
    mark(metric),
  ]);
  return `${rows}\n\n${plain(sidesText(comparison), detail.text * 2)}`;
}

function better(comparison: Comparison, detail: Detail): string {
  const sure = betterForSure(comparison);
  if (sure.length === 0) return '';
  const shown = sure
    .slice(0, Math.min(12, detail.rows))
    .map(({ name, ratio }) => `${plain(name, detail.text)} ${ratio === null ? '–' : `**${formatChange(ratio)}**`}`);
  const more = sure.length - shown.length;
  return `${BETTER_WORDS.before}, ${BETTER_WORDS.behind}: ${[...shown, ...(more > 0 ? [plural(more, 'more metric')] : [])].join(', ')}.`;
}

function mark({ verdict, role }: ComparedMetric): string {
  const blocking = { regressed: '❌ regressed', equivalent: '✅ equivalent', inconclusive: '❔ inconclusive' } as const;
  const advisory = { ...blocking, regressed: '⚠️ regressed' } as const;
  return role === 'blocking' ? blocking[verdict] : `${advisory[verdict]}, advisory`;
}

function reasons({ reasons: list, a, b }: Comparison, detail: Detail): string {
  const [first, ...others] = list.map((reason) => plain(reason, detail.text * 2));
  const sides = `A: ${plain(a.label, detail.text)}. B: ${plain(b.label, detail.text)}.`;
  return [first ?? '', sides, bullets(others, detail.rows, DOCUMENT, 'more reason')].filter((part) => part !== '').join('\n\n');
}

function checks({ checks: list, valid }: Comparison, detail: Detail): string {
  if (list.length === 0 || !valid) return '';
  const head = ['', 'check', 'median of its runs', 'limit'];
  const of = { align: 'llrr', head, all: list, document: DOCUMENT };
  const rows = listTable(of, detail, (check) => {
    const { name, pass, limit, unit } = check;
    const safeUnit = plain(unit, 20);
    return [
      pass ? '✅' : '❌',
      plain(name, detail.text),
      actualText(check, safeUnit),
      limit === null ? '–' : formatInUnit(limit, safeUnit),
    ];
  });
  return `### Limits for B\n\n${rows}`;
}

function broken({ broken: list }: Comparison, detail: Detail): string {
  if (list.length === 0) return '';
  const texts = list.map((one) => `❌ ${plain(brokenText(one), detail.text)}`);
  return `### Delivery\n\n${bullets(texts, detail.rows, DOCUMENT)}`;
}

function blocks(comparison: Comparison, detail: Detail): string {
  const { looks, plannedLooks } = comparison;
  const lines = [
    `${blocksText(comparison)}; ${errorText(comparison)}.`,
    ...looks
      .slice(0, detail.rows)
      .map((look) => `After ${plural(look.blocks, 'block')}: ${look.verdict} (${formatShare(look.alpha)} of error).`),
    ...(looks.length < plannedLooks.length
      ? [`${plural(plannedLooks.length - looks.length, 'look')} more planned, not taken.`]
      : []),
    ...comparison.blocks
      .flatMap(({ invalid }, index) =>
        invalid.length === 0 ? [] : [`Block ${index + 1} is not valid: ${plain(invalid.join('; '), detail.text)}`],
      )
      .slice(0, Math.min(10, detail.rows)),
  ];
  return `### Evidence\n\n${bullets(lines, lines.length)}`;
}

function setting(comparison: Comparison, detail: Detail): string {
  const { environment: machine } = comparison;
  const side = (letter: string, { label, target, source, overrides, scenario }: Comparison['a']): string => {
    const set = overrides.length === 0 ? '' : `, with ${plain(overrides.join(' '), detail.text)}`;
    const from = source === null || source === label ? '' : ` from ${plain(source, detail.text)}`;
    return `${letter}: ${plain(label, detail.text)}: ${plain(target.name, 60)} ${plain(target.version, 40)}${from} on ${plain(target.runtime, 60)}, ${plural(target.nodes, 'node')}, scenario ${plain(scenario.name, 60)}${set}.`;
  };
  const lines = [
    side('A', comparison.a),
    side('B', comparison.b),
    `Took ${formatMs(comparison.durationMs)}, seed ${comparison.seed}.`,
    `Machine: ${plain(machine.cpu, 80)}, ${plural(machine.cores, 'core')}, ${formatMachineMemory(machine.memoryBytes)}, ${plain(machine.os, 60)}.`,
  ];
  return `### Where and how it ran\n\n${bullets(lines, lines.length)}\n\n${shellBlock(comparison.reproduce, detail.text * 2)}`;
}
