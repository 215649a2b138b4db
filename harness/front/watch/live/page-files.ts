/** What the live page consists of, by the path it is served under: its HTML, its style, its scripts and the charts' library. */
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { posix } from 'node:path';
import { STYLE } from '../../../../reports/html/style.ts';
import { LIVE_STYLE } from './live-style.ts';
import type { RunFacts } from './page/story.ts';
import { pageHtml } from './page-html.ts';
import type { ServedFile } from './server.ts';

const SCRIPT = 'text/javascript; charset=utf-8';
/** The checkout, or what was compiled of it. Scripts keep their places in it, so that their imports hold. */
const ROOT = new URL('../../../../', import.meta.url);
/** This file's own ending is that of the scripts: .ts in a checkout, .js where it was compiled. */
const ENDING = posix.extname(import.meta.url);
const ENTRY = `/harness/front/watch/live/page/main${ENDING}`;

export async function pageFiles(run: RunFacts): Promise<ReadonlyMap<string, ServedFile>> {
  const [charts, chartStyle, scripts] = await Promise.all([
    textAt(import.meta.resolve('uplot/dist/uPlot.iife.min.js')),
    textAt(import.meta.resolve('uplot/dist/uPlot.min.css')),
    scriptsFrom(ENTRY),
  ]);
  return new Map<string, ServedFile>([
    ['/', { type: 'text/html; charset=utf-8', body: pageHtml(run, ENTRY) }],
    ['/style.css', { type: 'text/css; charset=utf-8', body: `${chartStyle}\n${STYLE.text}\n${LIVE_STYLE}` }],
    ['/uplot.js', { type: SCRIPT, body: charts }],
    ...[...scripts].map(([path, body]): [string, ServedFile] => [path, { type: SCRIPT, body }]),
  ]);
}

function textAt(url: string): Promise<string> {
  return readFile(new URL(url), 'utf8');
}

/** A script and all that it imports, by path. */
async function scriptsFrom(entry: string): Promise<ReadonlyMap<string, string>> {
  const scripts = new Map<string, string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (scripts.has(path)) continue;
    const source = await readFile(new URL(`.${path}`, ROOT), 'utf8');
    const body = ENDING === '.ts' ? withoutTypes(source) : source;
    scripts.set(path, body);
    for (const [, from = ''] of body.matchAll(/^(?:import|export)\b[^;]*?\bfrom '(\.[^']+)';/gm)) {
      waiting.push(posix.join(posix.dirname(path), from));
    }
  }
  return scripts;
}

/** For this call only: that Node calls its own type stripping an experiment says nothing to whoever plays a run. */
function withoutTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
