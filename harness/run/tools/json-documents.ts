/** The JSON documents of a file: one, an array of several, or one on each line. Pure. */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { clip, errorText, outsideText } from '../../evidence/result/printable.ts';

export interface JsonDocument {
  readonly data: unknown;
  /** The same for the same content, whatever its encoding, its line ends and its white space. */
  readonly sha256: string;
}

/** More results than anybody keeps in one file. */
const MOST_DOCUMENTS = 1_000;

/** The documents, at least one; or what is wrong with the text, in words. */
export function jsonDocuments(text: string): readonly JsonDocument[] | string {
  if (text.trim() === '') return 'is empty';
  const whole = parsed(text);
  if (!('problem' in whole)) {
    const { data } = whole;
    if (!Array.isArray(data)) return [documentOf(data)];
    return data.length === 0 ? 'is an empty list' : bounded(data);
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const each = lines.length < 2 || lines.length > MOST_DOCUMENTS ? [] : lines.map(parsed);
  const data = each.flatMap((one) => ('problem' in one ? [] : [one.data]));
  // A number or a word alone on a line is a fragment of something else.
  const apart = data.length === lines.length && data.every((one) => typeof one === 'object' && one !== null);
  return apart ? bounded(data) : `is not JSON: ${whole.problem}`;
}

function bounded(data: readonly unknown[]): readonly JsonDocument[] | string {
  if (data.length > MOST_DOCUMENTS) return `holds ${data.length} documents, and at most ${MOST_DOCUMENTS} are read`;
  return data.map(documentOf);
}

function documentOf(data: unknown): JsonDocument {
  return { data, sha256: createHash('sha256').update(JSON.stringify(data)).digest('hex') };
}

/** What the engine says of it quotes the file. */
function parsed(text: string): { readonly data: unknown } | { readonly problem: string } {
  try {
    return { data: JSON.parse(text) };
  } catch (error) {
    return { problem: errorText(error) };
  }
}

/** Place, value and what is wrong with it: `metrics.http_reqs.values.count is "12": expected number, received string`. */
export function issueText(data: unknown, { issues: [issue] }: z.ZodError): string {
  const path = issue?.path ?? [];
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], data);
  const place = path.length === 0 ? 'it' : outsideText(path.join('.'), 120);
  if (value === undefined) return `${place} is missing`;
  const found =
    typeof value === 'object' && value !== null ? (Array.isArray(value) ? 'a list' : 'an object') : JSON.stringify(value);
  const wrong = (issue?.message ?? '').replace(/^Invalid input: /u, '');
  return `${place} is ${outsideText(clip(found, 60))}: ${wrong.charAt(0).toLowerCase()}${wrong.slice(1)}`;
}
