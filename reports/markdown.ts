/** summary.md: the run as a page for a pull request or a job summary. Table first, under MARKDOWN_SIZE_LIMIT bytes. */
import { accounted } from '../harness/evidence/result/accounted.ts';
import { driverViolations } from '../harness/evidence/result/driver-violations.ts';
import { otherRunsText } from '../harness/evidence/result/other-runs.ts';
import { eventClocks, neverCame } from '../harness/evidence/result/recovery-clock-table.ts';
import type { Result } from '../harness/evidence/result/result.ts';
import { toolName } from '../harness/evidence/result/tool-name.ts';
import { isWithheld } from '../harness/evidence/result/withheld.ts';
import { checkState } from './check-state.ts';
import { clocksOfStep } from './clocks.ts';
import { faultState, killCaveat } from './fault-words.ts';
import { formatBytes, formatCount, formatInUnit, formatMs, formatRate, NOT_MEASURED, plural, sentenceCase } from './format.ts';
import {
  httpAnswersText,
  httpCaveat,
  httpLatencyRows,
  httpLoadText,
  httpRateText,
  LATENCY_COLUMNS,
  latencyCells,
} from './http-words.ts';
import { noFigureText, percentileText, runActualText } from './latency-words.ts';
import { latencyPart } from './markdown-latency.ts';
import { bullets, type Detail, fitting, listTable, page, plain, shellBlock, table } from './markdown-text.ts';
import { worstSecondsPart } from './markdown-worst-seconds.ts';
import { measuredByRows, whyNoLedger } from './measured-by-words.ts';
import { firstOffenders, whyEnded, whyRefused } from './offenders.ts';
import { profiledText } from './profile-words.ts';
import { deliveryProperties, propertyName } from './properties.ts';
import { requestFigures } from './request-figures.ts';
import { furtherReasons, levelInWords, VERDICT_WORDS, verdictSentence, wholeAgainMs, worstRecovery } from './sentence.ts';
import { machineText, targetText } from './setting-words.ts';
import { shownResult } from './shown-result.ts';
import { slopeFigureText } from './slope-words.ts';

/** The page; long lists are shortened until it fits, and say so. */
export function markdownSummary(given: Result): string {
  const result = shownResult(given);
  return fitting((detail) => render(result, detail));
}

function render(result: Result, detail: Detail): string {
  const sections = [
    `## ${VERDICT_WORDS[result.verdict]}: ${plain(result.scenario.name, Math.min(detail.text, 120))}`,
    isWithheld(result) ? '' : keyTable(result),
    plain(sentenceCase(verdictSentence(result)), detail.text * 4),
    reasons(result, detail),
    plain(sentenceCase(otherRunsText(result.environment) ?? ''), detail.text * 4),
    profiledText(result) ?? '',
    checks(result, detail),
    delivery(result),
    causes(result, detail),
    recovery(result, detail),
    repeats(result, detail),
    http(result, detail),
    measuredBy(result, detail),
    latencyPart(result),
    worstSecondsPart(result, detail),
    setting(result, detail),
  ];
  return page(sections);
}

function keyTable(result: Result): string {
  const requests = requestFigures(result);
  if (requests !== null)
    return requests.length === 0
      ? ''
      : table(
          'r'.repeat(requests.length),
          requests.map(({ name }) => name.toLowerCase()),
          [requests.map(({ text }) => plain(text, 40))],
        );
  const { response } = result.latency;
  const worst = worstRecovery(result);
  const recovered = {
    none: () => 'no faults',
    unmeasured: () => noFigureText(result),
    unstruck: () => 'nothing struck',
    unreached: () => 'the run ended first',
    unnoticed: () => 'nobody noticed',
    censored: () => 'never',
    recovered: () => (worst.kind === 'recovered' ? formatMs(worst.ms) : ''),
  }[worst.kind]();
  return table(
    'rrrrrr',
    ['response p50', 'p99', 'p99.9', 'a connection', 'lost', 'slowest recovery'],
    [
      [
        ...[response?.p50Us, response?.p99Us, response?.p999Us].map((us) =>
          plain(percentileText(response, us ?? null, result.load.resolutionUs, noFigureText(result)), 40),
        ),
        result.memory.perConnection === null ? noFigureText(result) : slopeFigureText(result.memory.perConnection),
        lostText(result),
        recovered,
      ],
    ],
  );
}

function lostText(result: Result): string {
  if (driverViolations(result).length > 0) return 'not judged';
  const delivery = accounted(result);
  if (delivery?.acked === 0) return 'unknown';
  return delivery === null ? NOT_MEASURED : `${formatCount(delivery.lost)} of ${formatCount(delivery.expected)}`;
}

function reasons(result: Result, detail: Detail): string {
  const list = furtherReasons(result);
  if (list.length === 0) return '';
  const texts = list.map((reason) => plain(reason, detail.text));
  return bullets(texts, detail.rows, 'result.json', 'more reason');
}

const CHECK_MARKS = { held: '✅', broken: '❌', open: '❔' } as const;

function checks(result: Result, detail: Detail): string {
  const { checks: all } = result;
  if (all.length === 0) return '';
  const rows = listTable({ align: 'llrr', head: ['', 'check', 'measured', 'limit'], all }, detail, (check) => {
    const unit = plain(check.unit, 20);
    return [
      CHECK_MARKS[checkState(check, result)],
      plain(check.name, detail.text),
      runActualText(check, result, unit),
      check.limit === null ? '–' : formatInUnit(check.limit, unit),
    ];
  });
  return `### Checks\n\n${rows}`;
}

const STATE_MARKS = {
  kept: '✅ kept',
  broken: '❌ broken',
  observed: '⚠️ broken, observed only',
  unknown: '❔ unknown',
  unpromised: '– not promised',
} as const;

function delivery(result: Result): string {
  const why = whyNoLedger(result);
  const it = result.delivery;
  if (why !== null || it === null) return `### Delivery\n\n${sentenceCase(why ?? NOT_MEASURED)}.`;
  const sum = `${plural(it.attempted, 'message')} attempted: ${formatCount(it.acked)} acknowledged, ${formatCount(it.failed)} failed, ${formatCount(it.indeterminate)} indeterminate (${formatCount(it.recovered)} of them delivered); ${formatCount(it.delivered)} delivered, ${formatCount(it.duplicatesWire)} repeats on the wire.`;
  return `### Delivery\n\n${table(
    'llr',
    ['property', 'outcome', 'violations'],
    deliveryProperties(result).map(({ name, state, violations }) => [name, STATE_MARKS[state], formatCount(violations)]),
  )}\n\n${sum}`;
}

const OFFENDERS = 3;

/** What leads to the cause: what the drain left behind, why messages were refused and sessions ended, and the first offenders. */
function causes(result: Result, detail: Detail): string {
  if (whyNoLedger(result) !== null) return '';
  const drained = deliveryProperties(result).find(({ key }) => key === 'drained');
  const lines = [
    ...(drained === undefined || drained.why === ''
      ? []
      : [`Drained is ${drained.state === 'unknown' ? 'unknown' : 'broken'}: ${drained.why}.`]),
    ...[whyRefused(result)].flatMap((text) => (text === null ? [] : [`Messages were refused: ${text}.`])),
    ...[whyEnded(result)].flatMap((text) => (text === null ? [] : [`Sessions ended: ${text}.`])),
    ...firstOffenders(result, OFFENDERS).map(({ property, message }) => `${propertyName(property)}: ${message}`),
  ];
  return bullets(
    lines.map((line) => plain(line, detail.text)),
    lines.length,
  );
}

const FAULT_MARKS = {
  verified: '✅',
  'not verified': '❌',
  'no-op': '❔ nothing to strike',
  unreached: '❔ the run ended before it',
} as const;

function recovery(result: Result, detail: Detail): string {
  if (result.faults.length === 0) return '';
  const caveat = killCaveat(result);
  const head = ['fault', 'at', 'verified', ...eventClocks.map(({ name }) => name), '**recovered**'];
  const rows = listTable({ align: 'lrlrrrrrr', head, all: result.faults }, detail, (fault) => {
    const clocks = result.recovery.find((candidate) => candidate.fault === fault.id);
    const whole = (ms: number | null): string => (ms === null ? (clocks?.censored === true ? 'never' : '–') : formatMs(ms));
    const clock = (field: (typeof eventClocks)[number]['field']): string =>
      clocks === undefined || (clocks[field] === null && !neverCame(result, clocks, field)) ? '–' : whole(clocks[field]);
    return [
      `${plain(fault.kind, 40)} ${plain(fault.target, Math.min(detail.text, 60))}`,
      fault.injectedAtMs === null ? 'never' : formatMs(fault.injectedAtMs),
      FAULT_MARKS[faultState(fault)],
      ...eventClocks.map(({ field }) => clock(field)),
      clocks === undefined ? '–' : clocks.noticed ? whole(wholeAgainMs(clocks)) : 'nobody noticed',
    ];
  });
  const level = levelInWords(result);
  return `### Faults and recovery\n\n${rows}${level === null ? '' : `\n\nThe level: ${plain(level, detail.text)}.`}${caveat === null ? '' : `\n\n${caveat}`}`;
}

function repeats({ recoveryDistribution: steps }: Result, detail: Detail): string {
  if (steps.length === 0) return '';
  const all = steps.flatMap((step) =>
    clocksOfStep(step).map(({ from, name, distribution: { median, p95, low, high, max, censored } }) => [
      `${plain(step.kind, 40)} ×${formatCount(step.repeats)}`,
      `${name}, from ${from}`,
      seen(median),
      `**${seen(p95)}**`,
      low === null ? '–' : `${formatMs(low)} to ${high === null ? 'unbounded' : formatMs(high)}`,
      seen(max),
      formatCount(censored),
    ]),
  );
  const head = ['fault', 'clock', 'median', 'p95', '95% interval of p95', 'longest', 'not seen'];
  return `### Recovery over repeats\n\n${listTable({ align: 'llrrrrr', head, all }, detail, (row) => row)}`;
}

/** A quantile that too few repeats reached was not seen. */
function seen(ms: number | null): string {
  return ms === null ? 'not seen' : formatMs(ms);
}

function http(result: Result, detail: Detail): string {
  const { http: it } = result;
  if (it === null || isWithheld(result)) return '';
  return `### HTTP\n\n${table(
    'lrrrrrr',
    ['latency', ...LATENCY_COLUMNS],
    httpLatencyRows(it).map(([name, summary, resolutionUs]) => [
      name,
      ...latencyCells(summary, resolutionUs).map((cell) => plain(cell, 40)),
    ]),
  )}\n\n${sentenceCase(httpLoadText(it))}. ${sentenceCase(httpRateText(it))}: ${plain(httpAnswersText(it), detail.text * 4)}. ${httpCaveat(it)}`.trimEnd();
}

function measuredBy(result: Result, detail: Detail): string {
  const { measuredBy: it } = result;
  if (it === null) return '';
  const caveats = it.caveats.slice(0, detail.rows).map((caveat) => plain(caveat, detail.text));
  const said = `### Measured by ${toolName(it.tool)}\n\n${bullets(caveats, caveats.length)}`;
  if (isWithheld(result)) return said;
  const of = { align: 'll', head: ['figure', 'values'], all: measuredByRows(it) };
  return `${said}\n\n${listTable(of, detail, ([name, values]) => [plain(name, 80), plain(values, detail.text)])}`;
}

function setting(result: Result, detail: Detail): string {
  const { target, environment: machine } = result;
  const lines = [
    `Target: ${plain(targetText(target), 240)}.`,
    `Load: ${loadText(result)}.`,
    `Machine: ${plain(machineText(machine), 240)}.`,
  ];
  return `### Where and how it ran\n\n${bullets(lines, lines.length)}\n\n${shellBlock(result.reproduce, detail.text * 2)}`;
}

/** Unknown facts are called unknown, or are left out. */
function loadText({ load, seed }: Result): string {
  return [
    load.ratePerSecond === null ? 'rate unknown' : formatRate(load.ratePerSecond),
    plural(load.users, 'user'),
    plain(load.model, 60),
    ...(load.loop === null ? [] : [`${load.loop} loop`]),
    ...(load.payloadBytes === null ? [] : [`payload ${formatBytes(load.payloadBytes)}`]),
    ...(seed === null ? [] : [`seed ${seed}`]),
  ].join(', ');
}
