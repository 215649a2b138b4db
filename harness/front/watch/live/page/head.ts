/** The top of the page: what the run is, how far it has come, how it ended. */
import { formatCount, formatRate, formatUs } from '../../../../../reports/format.ts';
import { browser, element, made, setText, show } from './browser.ts';
import type { Ending, Story } from './story.ts';

const SYMBOLS: Readonly<Record<Ending['kind'], string>> = { pass: '✓', fail: '✕', invalid: '!', unknown: '?', 'cut-short': '■' };
const PHASES = {
  start: 'Starting',
  connect: 'Connecting',
  load: 'Loading',
  drain: 'Draining',
  memory: 'Weighing',
  judge: 'Judging',
} as const;

export function showHead(story: Story): void {
  const { run, ending } = story;
  setText('scenario', run.scenario);
  setText('summary', run.summary);
  if (ending === null) showRunning(story);
  else showEnding(ending);
  browser.document.title = `${ending?.word ?? progressWord(story)}: ${run.scenario} · letitcrash`;
  showTiles(story);
}

function progressWord({ phase }: Story): string {
  return phase === null ? 'Waiting' : PHASES[phase];
}

function showRunning(story: Story): void {
  showState({
    kind: 'running',
    symbol: '▸',
    word: progressWord(story),
    sentence: story.entries.findLast(({ kind }) => kind === 'phase')?.words ?? 'for the first news of the run',
  });
  show('reasons', false);
  show('report', false);
}

function showEnding({ kind, word, sentence, reasons, report }: Ending): void {
  showState({ kind, symbol: SYMBOLS[kind], word, sentence });
  element('reasons').replaceChildren(...reasons.map((reason) => made('li', '', reason)));
  show('reasons', reasons.length > 0);
  if (report !== null) element('report').replaceChildren('The report, with everything: ', made('code', '', report));
  show('report', report !== null);
  show('hold', false);
}

interface State {
  /** The class of the element. */
  readonly kind: string;
  readonly symbol: string;
  readonly word: string;
  readonly sentence: string;
}

function showState({ kind, symbol, word, sentence }: State): void {
  element('state').className = `verdict ${kind}`;
  setText('symbol', symbol);
  setText('word', word);
  setText('sentence', sentence);
}

const LOST = {
  trying: 'no news from the run; trying to reconnect',
  gone: 'the run is gone; what it reported until then is below',
  refused: 'too many pages already follow the run; close one and reload this one',
} as const;

/** The run cannot be reached. */
export function showLost(why: keyof typeof LOST): void {
  showState({ kind: 'cut-short', symbol: '…', word: 'Disconnected', sentence: LOST[why] });
  setText('told', `Disconnected: ${LOST[why]}`);
}

function showTiles({ time, latest, run, soFar, ending }: Story): void {
  const isOver = ending !== null;
  const progress = element('progress');
  if (time !== null) setText('tile-time', `${Math.round(time.elapsedS)} s`);
  if (time?.totalS != null) {
    setText('note-time', `of ${time.totalS} s of load`);
    progress.value = Math.min(1, time.elapsedS / time.totalS);
  }
  if (isOver) progress.value = 1;
  setText('note-connected', `of ${formatCount(run.users)}`);
  if (latest === null) return;
  setText('tile-acked', latest.ackedPerSecond === null ? '–' : formatRate(latest.ackedPerSecond));
  setText('note-acked', isOver ? 'in the last second' : run.load === 'requests' ? 'requests with success' : 'by the server');
  // The last second of a drain says nothing about a run.
  const [p50Us, p99Us] = isOver && soFar !== null ? [soFar.p50Us, soFar.p99Us] : [latest.p50Us, latest.p99Us];
  setText('tile-p50', p50Us === null ? '–' : formatUs(p50Us));
  setText('tile-p99', p99Us === null ? '–' : formatUs(p99Us));
  setText('note-p50', isOver ? 'of the whole run' : soFar === null ? 'of the newest second' : `so far ${formatUs(soFar.p50Us)}`);
  setText('note-p99', isOver ? 'of the whole run' : soFar === null ? 'of the newest second' : `so far ${formatUs(soFar.p99Us)}`);
  setText('tile-connected', formatCount(latest.connected));
  setText('tile-outstanding', formatCount(latest.outstanding));
}
