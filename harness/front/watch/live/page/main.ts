/** The page's script: follows the news, and shows the story they make. */
import { browser, element } from './browser.ts';
import { type Chart, chart } from './chart.ts';
import { CHARTS } from './chart-plans.ts';
import { showHead, showLost } from './head.ts';
import { type News, type Story, told } from './story.ts';
import { announce, showTables } from './tables.ts';

/** Attempts to reconnect before the run is given up: about a minute. */
const MAX_ATTEMPTS = 60;
/** The state of an EventSource that will not try again. */
const CLOSED = 2;

let story: Story | null = null;
let shown: Story | null = null;
let charts: readonly Chart[] = [];
let held = false;
let asked = false;
let attempts = 0;

function draw(): void {
  asked = false;
  if (story === null || (held && shown !== null && story.ending === null)) return;
  if (charts.length === 0) {
    const { load } = story.run;
    charts = CHARTS.filter(({ loads }) => loads.includes(load)).map(chart);
  }
  showHead(story);
  showTables(story);
  for (const one of charts) one.show(story);
  shown = story;
}

/** At most once for each frame, however much arrives at once. */
function ask(): void {
  if (!asked) browser.requestAnimationFrame(draw);
  asked = true;
}

function follow(): void {
  const stream = new browser.EventSource('/news');
  stream.addEventListener('story', ({ data }) => {
    attempts = 0;
    const next = JSON.parse(data) as Story;
    // Another run on the same port has its own page.
    if (story !== null && story.run.id !== next.run.id) return browser.location.reload();
    story = next;
    if (next.ending !== null) stream.close();
    // Shown even if the figures are held, since the run could not be reached until now.
    shown = null;
    ask();
  });
  stream.addEventListener('news', ({ data }) => {
    if (story === null) return;
    const news = JSON.parse(data) as News;
    story = told(story, news);
    announce(news);
    // The run is over: nothing will answer any more, and nothing needs to.
    if (story.ending !== null) stream.close();
    ask();
  });
  stream.addEventListener('error', () => {
    attempts += 1;
    const isRefused = stream.readyState === CLOSED;
    const isOver = attempts >= MAX_ATTEMPTS;
    if (isOver) stream.close();
    showLost(isRefused ? 'refused' : isOver ? 'gone' : 'trying');
  });
}

element('hold').addEventListener('click', () => {
  held = !held;
  element('hold').setAttribute('aria-pressed', String(held));
  ask();
});
follow();
