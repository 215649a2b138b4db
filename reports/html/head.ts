/** What the heads of all pages share: the line of facts under the title, and the box with the verdict. */
import { clip } from '../format.ts';
import { type Markup, markup, oneLine } from '../markup.ts';

export interface VerdictBox {
  /** `neutral` judges nothing. */
  readonly kind: 'pass' | 'fail' | 'invalid' | 'unknown' | 'neutral';
  readonly word: string;
  readonly sentence: string;
  /** Further reasons, one sentence each. */
  readonly more: readonly string[];
}

const SYMBOLS = { pass: '✓', fail: '✕', invalid: '!', unknown: '?', neutral: '⇄' } as const;

export function verdictBox({ kind, word, sentence, more }: VerdictBox): Markup {
  const reasons = more.length === 0 ? null : markup`<ul class="reasons">${more.map((reason) => markup`<li>${reason}</li>`)}</ul>`;
  return markup`<section class="verdict ${kind}" aria-labelledby="verdict"><h2 id="verdict"><span class="symbol" aria-hidden="true">${SYMBOLS[kind]}</span>${word}</h2><p>${capital(sentence)}</p>${reasons}</section>`;
}

/** Stands between two facts. It stays with the one before it, so that no line begins with a dot. */
export const DOT = '\u00a0·';

/** Facts beside one another, each unbroken; times in ISO 8601 as people write them. */
export function factLine(parts: readonly string[]): Markup {
  return markup`<p class="facts">${parts.map(
    (part, index) =>
      markup`<span>${readableTime(part)}${index === parts.length - 1 ? null : markup`<span aria-hidden="true">${DOT}</span>`}</span> `,
  )}</p>`;
}

/** ISO 8601 to the second, as people write it; anything else as it is. */
export function readableTime(iso: string): string {
  return clip(oneLine(iso), 120).replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/u, '$1 $2 UTC');
}

/** A sentence begins with a capital, unless it begins with a name like `response.p99` or `kill-node`. */
export function capital(sentence: string): string {
  return /^\p{L}+(?=\s|$)/u.test(sentence) ? sentence.charAt(0).toUpperCase() + sentence.slice(1) : sentence;
}
