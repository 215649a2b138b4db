/**
 * The frame of every page: one HTML file, no request, and at most one script that it can do without, readable on paper, on a phone, in the dark, and by ear.
 *
 * In: what the page says, at a given detail. Out: the page, under HTML_SIZE_LIMIT bytes whatever there was to say.
 */
import { Markup, markup } from '../markup.ts';
import { DETAILS, type Detail } from './detail.ts';
import { SCRIPT, SCRIPT_SOURCE } from './interaction/script.ts';
import { STYLE } from './style.ts';
import { unbroken } from './unbroken.ts';

/** Bytes of UTF-8. */
export const HTML_SIZE_LIMIT = 500_000;

export interface Page {
  /** Of the browser's tab: the verdict first. */
  readonly title: string;
  /** Headings of the sections that the page has, in their order. */
  readonly sections: readonly (readonly [id: string, name: string])[];
  /** Title, facts and verdict. */
  readonly head: Markup;
  /** Its charts can be zoomed into and their lines hidden, where JavaScript is on. */
  readonly interactive?: boolean;
  /** Where the first stop of the keyboard leads; the verdict where nothing is said. */
  readonly skipTo?: string;
  readonly body: Markup;
  /** The document that every figure is a rounding of, and its schema. */
  readonly source: readonly [file: string, schema: string];
}

/** The whole page; lists are shortened as far as needed to stay below the size limit, and say so. */
export function htmlPage(render: (detail: Detail) => Page): string {
  let page = '';
  for (const detail of DETAILS) {
    page = whole(render(detail)).text;
    if (Buffer.byteLength(page) < HTML_SIZE_LIMIT) break;
  }
  return page;
}

function whole({
  title,
  sections,
  head,
  body,
  skipTo = 'the verdict',
  interactive = false,
  source: [file, schema],
}: Page): Markup {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:${interactive ? markup`; script-src ${new Markup(SCRIPT_SOURCE)}` : null}">
<meta name="generator" content="letitcrash">
<title>${title} · letitcrash</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to ${skipTo}</a>
<main id="main">
${unbroken(head)}
<nav aria-label="Sections of this report"><ul>${sections.map(([id, name]) => markup`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
${unbroken(body)}
</main>
<footer><p>Every figure on this page is a rounding of one in <code>${file}</code> (${schema}).</p></footer>
${
  interactive
    ? markup`<script>${SCRIPT}</script>
`
    : null
}</body>
</html>
`;
}

/** A section with its heading, which the navigation points at. */
export function section(id: string, heading: string, contents: Markup): Markup {
  return markup`<section aria-labelledby="${id}"><h2 id="${id}">${heading}</h2>${contents}</section>`;
}
