import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sourcesOf } from './imports.ts';
import { identifiersOf, isWithin, misusedWords, WORDS } from './words.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = sourcesOf(root, ['harness', 'reports', 'targets']).filter(({ path }) => path.endsWith('.ts'));
const glossary = readFileSync(`${root}/ARCHITECTURE.md`, 'utf8').match(/^\| [^|]+ \|/gm) ?? [];

describe('a word of the glossary', () => {
  it('means one thing in the names of the harness, the reports and the targets', () => {
    expect(sources.length).toBeGreaterThan(500);
    expect(sources.flatMap((source) => misusedWords(source))).toEqual([]);
  });

  it.each(WORDS)('$word is explained in ARCHITECTURE.md, or avoided', ({ word, meaning }) => {
    expect(glossary.some((row) => row.toLowerCase().includes(`| ${word}`))).toBe(meaning !== null);
  });

  it.each(WORDS)(
    '$word is used in every room that it may be used in, and no exception is left over',
    ({ word, rooms, others }) => {
      const isUsed = (room: string, pattern: RegExp): boolean =>
        sources.some(
          ({ path, text }) =>
            isWithin(path, room) && pattern.test(text) && identifiersOf(text).some(({ name }) => pattern.test(name)),
        );
      const unused = [
        ...rooms.filter((room) => !isUsed(room, new RegExp(word, 'i'))),
        ...others.flatMap(({ identifier, where }) =>
          where.filter((room) => !isUsed(room, new RegExp(identifier.source.replaceAll(/[$^]/g, '')))),
        ),
      ];
      expect(unused).toEqual([]);
    },
  );
});

describe('a name that uses a word for something else', () => {
  const misused = (path: string, text: string): string[] => misusedWords({ path, text });

  it.each([
    ['a variable', 'harness/run/load/user.ts', '\nconst heldLinks = 1;', 2, 'heldLinks has the word link'],
    ['a private field', 'reports/junit.ts', 'class A {\n  #mailboxes = 1;\n}', 2, 'mailboxes has the word mailbox'],
    ['a constant', 'targets/calibrated/server.ts', 'const OUTBOX_LIMIT = 1;', 1, 'OUTBOX_LIMIT has the word outbox'],
    ['a type', 'harness/evidence/ledger/judge.ts', 'interface Arrival {}', 1, 'Arrival has the word arrival'],
    ['a field of a type', 'targets/reference/node.ts', 'type A = {\n  frontDoor: number;\n};', 2, 'frontDoor has the word door'],
    ['an allowed name elsewhere', 'harness/run/conductor/a.ts', 'const links = 1;', 1, 'links has the word link'],
  ])('is named with its file, its line and the remedy: %s', (_what, path, text, line, words) => {
    const [first, ...more] = misused(path, text);
    expect(more).toEqual([]);
    expect(first).toMatch(`${path}:${line}: ${words}, wh`);
    expect(first).toMatch(/; say /);
  });

  it.each([
    ['its own room', 'targets/reference/runtime/signals.ts', 'const links = 1;'],
    ['an exception of the table', 'harness/run/drivers/told-types.ts', 'const link = 1;'],
    ['a text or a comment', 'reports/a.ts', "// the link\nconst a = 'mailbox';"],
    ['a longer word', 'reports/a.ts', 'const indoor = doorway(blinking);'],
  ])('is not found in %s', (_what, path, text) => {
    expect(misused(path, text)).toEqual([]);
  });
});
