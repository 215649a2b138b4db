/** The first step of every output with the document from which it is made, whoever wrote the texts in it. Pure. */
import { oneLine } from './printable.ts';

/** A copy in which each text, and each name of an entry, is one line without control characters. */
export function withOneLineTexts<Document>(document: Document): Document {
  return copy(document) as Document;
}

function copy(value: unknown): unknown {
  if (typeof value === 'string') return oneLine(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [oneLine(key), copy(inner)]));
}
