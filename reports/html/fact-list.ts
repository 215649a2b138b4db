/** Names and values beside one another: where and how something ran. */
import type { Result } from '../../harness/evidence/result/result.ts';
import { clip, formatCount, formatMs } from '../format.ts';
import { type Markup, markup, oneLine, type Piece } from '../markup.ts';
import type { Detail } from './detail.ts';
import { figure } from './table.ts';

/** A null, and a text that says no more than `unknown`, is not known. */
export type Fact = readonly [name: string, value: Piece | null];

export function factList(title: string, list: readonly Fact[]): Markup {
  const known = list.filter(([, value]) => isKnown(value));
  const unknown = list.filter(([, value]) => !isKnown(value)).map(([name]) => name);
  const rows: readonly Fact[] = [...known, ...(unknown.length === 0 ? [] : [['Not known', unknown.join(', ')] as const])];
  return markup`<div><h3>${title}</h3><dl class="factlist">${rows.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></div>`;
}

function isKnown(value: Fact[1]): boolean {
  return value !== null && !(typeof value === 'string' && /^(?:unknown[\s,;]*)*$/u.test(value));
}

/** A number with its exact value in the markup, where it is known. */
export function known(value: number | null, format: (value: number | null) => string): Markup | null {
  return value === null ? null : figure(value, format);
}

/** Text from outside, on one line and bounded. */
export function saying(detail: Detail): (text: string) => string {
  return (text) => clip(oneLine(text), Math.min(detail.text, 200));
}

/** Names of settings that repeat what stands above them. */
const SAID_ALREADY: ReadonlySet<string> = new Set(['nodes']);

/** What a server is, and its settings; those that only repeat a fact above them are left out. */
export function targetFacts(
  it: Result['target'],
  detail: Detail,
  say: (text: string) => string,
  document = 'result.json',
): readonly Fact[] {
  const settings = Object.entries(it.config).filter(([key, value]) => !(SAID_ALREADY.has(key) && value === it.nodes));
  const shown = settings.slice(0, Math.min(detail.rows, 30));
  return [
    ['Name', say(it.name)],
    ['Version', say(it.version)],
    ['Runtime', say(it.runtime)],
    ['Nodes', known(it.nodes, formatCount)],
    ...shown.map(([key, value]): Fact => [clip(oneLine(key), 40), say(settingText(value))]),
    ...(settings.length > shown.length ? [['More settings', `in ${document}`] as const] : []),
  ];
}

/** A setting as people write it; objects as JSON. */
export function settingText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
}

/** `4000 ms` as every page writes a time; any other setting as it is. */
export function timeOr(setting: string): string {
  const [, ms] = /^(\d+(?:\.\d+)?) ms$/u.exec(setting) ?? [];
  return ms === undefined ? setting : formatMs(Number(ms));
}
