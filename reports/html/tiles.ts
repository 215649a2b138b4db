/** The figures that people look for first, beside one another under the verdict. */
import { type Markup, markup, type Piece } from '../markup.ts';

export function tiles(list: readonly Markup[]): Markup {
  return markup`<dl class="tiles">${list}</dl>`;
}

export function tile(name: string, value: Piece, note: Piece): Markup {
  return markup`<div><dt>${name}</dt><dd><b>${value}</b><small>${note}</small></dd></div>`;
}
