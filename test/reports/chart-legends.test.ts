/** Whatever a chart marks is explained beside it: a line, a band or a dot of which nobody says what it means is a riddle. */
import { describe, expect, it } from 'vitest';
import { everyPage } from './every-page.ts';
import { parsePage } from './page-elements.ts';
import { type Element, elementsOf, textOf } from './well-formed.ts';

/** Marks beside the data: what happened, what was asked for, what was not seen. */
const MARKS = [
  'fault-band',
  'fault-bar',
  'injected',
  'healed',
  'waiting-band',
  'waiting',
  'recovered',
  'whole',
  'censored',
  'level',
  'margin',
  'no-evidence',
  'change worse',
  'change better',
];

const classesIn = (element: Element): string[] =>
  [...elementsOf(element)].flatMap(({ attributes }) => attributes.get('class') ?? []);
const ofClass = (root: Element, name: string): Element[] =>
  [...elementsOf(root)].filter(({ attributes }) => attributes.get('class')?.split(' ')[0] === name);

describe('a legend', () => {
  it.each(everyPage())('explains each of its samples in words: %s', (_name, page) => {
    for (const list of ofClass(parsePage(page), 'legend'))
      for (const entry of [...elementsOf(list)].filter(({ name }) => name === 'li')) expect(textOf(entry)).toMatch(/\p{L}/u);
  });

  it.each(everyPage())('has the sample of each mark that is drawn: %s', (_name, page) => {
    const sections = [...elementsOf(parsePage(page))].filter(({ name }) => name === 'figure');
    for (const section of sections) {
      const drawn = new Set(ofClass(section, 'chart').flatMap(classesIn));
      const explained = new Set(ofClass(section, 'key').flatMap(classesIn));
      expect(MARKS.filter((mark) => drawn.has(mark) && !explained.has(mark))).toEqual([]);
    }
  });
});
