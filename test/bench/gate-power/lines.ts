/** The data of this bench, under data/. */
import { dataLines } from '../data-lines.ts';

export const { read: readLines, append: appendLine } = dataLines(new URL('./data/', import.meta.url));
