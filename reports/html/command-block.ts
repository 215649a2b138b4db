/** A command line to be copied. On a narrow screen it is broken between its words, and never within the name of a flag. */
import { type Markup, markup, oneLine } from '../markup.ts';

const FLAG = /(?<=^|\s)(--?[a-z][\w-]*)(?=\s|$)/giu;

export function commandBlock(command: string): Markup {
  const parts = oneLine(command).split(FLAG);
  return markup`<pre tabindex="0"><code>${parts.map((part, index) => (index % 2 === 0 ? part : markup`<span class="whole">${part}</span>`))}</code></pre>`;
}
