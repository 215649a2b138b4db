/** The parts of the live page, by the path under which they are served: its HTML, its style, its scripts and the chart library. */
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { posix } from 'node:path';
import { STYLE } from '../../../../reports/html/style.ts';
import { LIVE_STYLE } from './live-style.ts';
import type { RunFacts } from './page/story.ts';
import { pageHtml } from './page-html.ts';
import type { ServedFile } from './server.ts';

const SCRIPT = 'text/javascript; charset=utf-8';
/** The checkout, or what was compiled from it. Scripts keep their places in it, so that their imports work. */
const ROOT = new URL('../../../../', import.meta.url);
/** This file has the same ending as the scripts: .ts in a checkout, .js if compiled. */
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

/** A script and everything that it imports, by path. */
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

/** For this call only: Node's warning that type stripping is experimental means nothing to the user of a run. */
function withoutTypes(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
