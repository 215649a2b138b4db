/** The head of a comparison's page: the verdict in a sentence, and what A and B are. */
import type { Comparison } from '../../../harness/evidence/result/comparison.ts';
import { blocksText, comparedText, comparisonWord } from '../../comparison-words.ts';
import { clip, formatCount, formatMs, plural } from '../../format.ts';
import { type Markup, markup, oneLine } from '../../markup.ts';
import type { Detail } from '../detail.ts';
import { DOT, factLine, verdictBox } from '../head.ts';
import { first } from '../table.ts';

export function comparisonHead(comparison: Comparison, detail: Detail): Markup {
  const { reasons, a, b } = comparison;
  const [decisive = without(comparison), ...others] = reasons;
  const { shown, omitted } = first(others, detail.rows);
  return markup`<header class="top"><p class="brand">letitcrash <span>comparison</span></p><h1><bdi>${clip(oneLine(comparedText(comparison)), Math.min(detail.text, 160))}</bdi></h1>${factLine(
    [
      `scenario ${clip(oneLine(b.scenario.name), Math.min(detail.text, 60))}`,
      blocksText(comparison),
      formatMs(comparison.durationMs),
      comparison.startedAt,
    ],
  )}</header>
${verdictBox({
  kind: verdictKind(comparison),
  word: comparisonWord(comparison),
  sentence: clip(oneLine(decisive), detail.text),
  more: [
    ...shown.map((reason) => clip(oneLine(reason), detail.text)),
    ...(omitted > 0 ? [`${plural(omitted, 'more reason')} in comparison.json`] : []),
  ],
})}
<dl class="sides">${side('A', a, detail)}${side('B', b, detail)}</dl>`;
}

function verdictKind({ verdict, valid }: Comparison): 'pass' | 'fail' | 'invalid' | 'unknown' {
  if (!valid) return 'invalid';
  return ({ regressed: 'fail', equivalent: 'pass', inconclusive: 'unknown' } as const)[verdict];
}

/** The sentence for a comparison that gives no reason. */
function without({ verdict, valid }: Comparison): string {
  if (!valid) return 'Too few blocks were valid for any answer';
  return {
    regressed: 'B is worse than A by more than a margin',
    equivalent: 'B is not worse than A by more than any margin',
    inconclusive: 'B is neither surely worse than A by more than a margin nor surely within all margins',
  }[verdict];
}

function side(letter: 'A' | 'B', { label, target, source, overrides }: Comparison['a'], detail: Detail): Markup {
  const say = (text: string, limit: number): string => clip(oneLine(text), Math.min(detail.text, limit));
  const facts = [
    `${say(target.name, 60)} ${say(target.version, 40)}`.trim(),
    say(target.runtime, 60),
    `${formatCount(target.nodes)} ${target.nodes === 1 ? 'node' : 'nodes'}`,
    ...(source === null || source === label ? [] : [say(source, 120)]),
  ];
  const set = overrides.length === 0 ? null : markup`<br><code>${say(overrides.join(' '), 300)}</code>`;
  return markup`<div class="side-${letter.toLowerCase()}"><dt>${letter}</dt><dd><b>${say(label, 160)}</b><small>${facts.join(`${DOT} `)}${set}</small></dd></div>`;
}
