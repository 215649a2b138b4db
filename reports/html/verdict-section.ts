/** The head of the page: the verdict in a sentence, the reasons, and the six figures that people look for first. */
import { accounted } from '../../harness/evidence/result/accounted.ts';
import { driverViolations } from '../../harness/evidence/result/driver-violations.ts';
import { isNever, NEVER } from '../../harness/evidence/result/never.ts';
import { otherRunsText } from '../../harness/evidence/result/other-runs.ts';
import type { Result } from '../../harness/evidence/result/result.ts';
import { isWithheld } from '../../harness/evidence/result/withheld.ts';
import { clip, formatBytes, formatCount, formatMs, NOT_MEASURED, plural, sentenceCase } from '../format.ts';
import { type Markup, markup, oneLine, type Piece } from '../markup.ts';
import { profiledText } from '../profile-words.ts';
import { requestFigures } from '../request-figures.ts';
import { formatResolved } from '../resolved-time.ts';
import { furtherReasons, VERDICT_WORDS, verdictSentence, worstRecovery } from '../sentence.ts';
import type { Detail } from './detail.ts';
import { factLine, verdictBox } from './head.ts';
import { runFacts } from './run-facts.ts';
import { slopeFigure } from './slope-figure-text.ts';
import { figure, first } from './table.ts';
import { tile, tiles } from './tiles.ts';

export function verdictSection(result: Result, detail: Detail): Markup {
  const { scenario, verdict } = result;
  const profiled = profiledText(result);
  const beside = otherRunsText(result.environment);
  const { shown, omitted } = first(furtherReasons(result), detail.rows);
  const more = [
    ...shown.map((reason) => clip(oneLine(reason), detail.text)),
    ...(omitted > 0 ? [`${plural(omitted, 'more reason')} in result.json`] : []),
  ];
  return markup`<header class="top"><p class="brand">letitcrash <span>run report</span></p><h1><bdi>${clip(oneLine(scenario.name), Math.min(detail.text, 120))}</bdi></h1>${factLine(runFacts(result, detail))}</header>
${verdictBox({
  kind: verdict,
  word: VERDICT_WORDS[verdict],
  sentence: clip(oneLine(verdictSentence(result)), detail.text),
  more,
})}
${beside === null ? null : markup`<p class="summary">${clip(oneLine(sentenceCase(beside)), detail.text)}.</p>`}
${profiled === null ? null : markup`<p class="summary">${profiled}</p>`}
${scenario.summary === '' ? null : markup`<p class="summary">${clip(oneLine(scenario.summary), detail.text)}</p>`}
${isWithheld(result) ? null : tiles(figures(result))}`;
}

function figures(result: Result): readonly Markup[] {
  const requests = requestFigures(result);
  if (requests !== null)
    return [
      ...requests.map(({ name, value, text, note }) =>
        tile(
          name,
          figure(value, () => text),
          note,
        ),
      ),
      ...(result.faults.length === 0 ? [] : [recoveryTile(result)]),
    ];
  const { response } = result.latency;
  const percentile = (name: string, us: number | null | undefined): Markup =>
    tile(
      name,
      isNever(response, us ?? null)
        ? markup`<span class="none">${NEVER}</span>`
        : us == null
          ? none()
          : figure(us, (value) => formatResolved(value, result.load.resolutionUs)),
      'from intended send',
    );
  return [
    percentile('Response p50', response?.p50Us),
    percentile('Response p99', response?.p99Us),
    percentile('Response p99.9', response?.p999Us),
    tile('Per connection', slopeFigure(result.memory.perConnection), memoryNote(result.memory.perConnection)),
    lostTile(result),
    recoveryTile(result),
  ];
}

function lostTile(result: Result): Markup {
  if (driverViolations(result).length > 0)
    return tile('Lost', markup`<span class="none">not judged</span>`, 'the driver broke its rules');
  const delivery = accounted(result);
  if (delivery === null) return tile('Lost', none(), 'no ledger was kept');
  const { acked, lost, expected } = delivery;
  if (acked === 0) return tile('Lost', markup`<span class="none">unknown</span>`, 'nothing was acknowledged');
  return tile('Lost', figure(lost, formatCount), `of ${formatCount(expected)} owed`);
}

/** The interval, since one figure alone would claim too much. */
function memoryNote(cost: Result['memory']['perConnection']): Piece {
  if (cost === null || cost.low === null || cost.high === null) return 'server memory';
  return markup`server memory, ${figure(cost.low, formatBytes)} to ${figure(cost.high, formatBytes)}`;
}

function none(): Markup {
  return markup`<span class="none">${NOT_MEASURED}</span>`;
}

function recoveryTile(result: Result): Markup {
  const worst = worstRecovery(result);
  switch (worst.kind) {
    case 'none':
      return tile('Slowest recovery', markup`<span class="none">no faults</span>`, 'injection to full recovery');
    case 'unmeasured':
      return tile('Slowest recovery', none(), 'injection to full recovery');
    case 'unstruck':
      return tile('Slowest recovery', markup`<span class="none">nothing struck</span>`, 'the faults found nothing to strike');
    case 'unreached':
      return tile('Slowest recovery', markup`<span class="none">nothing struck</span>`, 'the run ended before a fault');
    case 'unnoticed':
      return tile('Slowest recovery', 'none needed', 'no user noticed a fault');
    case 'censored':
      return tile('Slowest recovery', 'never', `${plural(worst.faults, 'fault')} not recovered from`);
    case 'recovered':
      return tile('Slowest recovery', figure(worst.ms, formatMs), 'injection to full recovery');
  }
}
