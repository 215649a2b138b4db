/**
 * The words of a side: an optional scenario, then what differs from it. `durability=fsync`, `smoke nodes=1`, `node@24`,
 * `calibrated,delayMs=2`. Pure.
 */
import { parsePath } from '../../plan/scenario/overrides.ts';
import { scenarioSchema } from '../../plan/scenario/schema.ts';

export interface SideWords {
  /** What was written. */
  readonly text: string;
  /** Bundled name or file; null if the side names none. */
  readonly scenario: string | null;
  /** `path=value`, as `--set` takes them. */
  readonly overrides: readonly string[];
}

const SECTIONS: ReadonlySet<string> = new Set(Object.keys(scenarioSchema.shape));

/** `isTarget` distinguishes a bundled target's name from a scenario's. If something is wrong, returns that in words. */
export function readSide(text: string, isTarget: (word: string) => boolean): SideWords | string {
  const words = wordsOf(text);
  if (words.length === 0) return 'is empty: say what differs, like durability=memory, or name a scenario';
  const overrides: string[] = [];
  let scenario: string | null = null;
  for (const [at, word] of words.entries()) {
    if (/^node@/.test(word)) overrides.push(`target.runtime=${word}`);
    else if (word.includes('=')) overrides.push(inTarget(word));
    else if (isTarget(word)) overrides.push(`target.use=${word}`);
    else if (at === 0) scenario = word;
    else
      return `has ${JSON.stringify(word)}, which sets nothing: a scenario comes first, then path=value, like durability=memory`;
  }
  return { text: text.trim(), scenario, overrides };
}

/** Split at spaces and commas, except within brackets and quotes, where they belong to a value. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  let word = '';
  let depth = 0;
  let quote: string | null = null;
  for (const character of text) {
    if (quote === null && depth === 0 && /[\s,]/.test(character)) {
      words.push(word);
      word = '';
      continue;
    }
    word += character;
    if (quote !== null) quote = character === quote ? null : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
  }
  return [...words, word].filter((each) => each !== '');
}

/** A key that is not a section of a scenario is a key of `target`. */
function inTarget(word: string): string {
  const [first] = parsePath(word.slice(0, word.indexOf('=')).trim()) ?? [];
  return first === undefined || SECTIONS.has(String(first)) ? word : `target.${word}`;
}
