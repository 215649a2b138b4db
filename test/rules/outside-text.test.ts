/** Text from outside reaches a terminal, a log, a page or a feed by ways that make it harmless, and a new output cannot forget to. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const codeOf = (path: string): string =>
  readFileSync(`${root}/${path}`, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');

/** Who writes to a stream itself: the one place for it, a screen of its own, and what runs before or beside the command. */
const WRITERS: readonly string[] = [
  'harness/front/cli/output.ts',
  // Rewrites a line; what it says goes through logText and oneLine.
  'harness/front/cli/progress-line.ts',
  // Plain JavaScript for an old Node, before anything is loaded.
  'harness/front/cli/letitcrash.js',
  // Asks in words of its own, and waits on the same line.
  'harness/front/cli/setup-questions.ts',
  // A child process of the profiler, whose output is a tool's to the harness.
  'harness/run/profile/clinic-page.ts',
];

/** Who writes JSON as it is: what no person reads, of words that are letitcrash's own. */
const PLAIN_JSON: readonly string[] = [
  // Files of a project, and a script: as their owner wrote them.
  'harness/studies/gate/outside-files.ts',
  'harness/run/drivers/k6/script-text.ts',
  'harness/run/arena/journal.ts',
  'harness/run/arena/live-runs.ts',
  // Through a pipe to a process of its own.
  'harness/run/arena/reaper.ts',
  // To the live page, which shows text as text.
  'harness/front/watch/live/news-streams.ts',
];

/** Who may make a text of an error: the one function for it, and who says a user's mistake in other words. */
const ERROR_WORDS: readonly string[] = ['harness/evidence/result/printable.ts', 'harness/plan/own-server/own-module.ts'];

const harness = globSync('harness/**/*.{ts,js}', { cwd: root }).filter(
  (file) => !file.startsWith('harness/front/watch/live/page/'),
);

function offences(files: readonly string[], pattern: RegExp): string[] {
  return files.flatMap((file) => [...codeOf(file).matchAll(pattern)].map(([match]) => `${file}: ${match}`));
}

describe('text from outside', () => {
  it('is written to stdout and stderr in one place', () => {
    expect(harness.length).toBeGreaterThan(100);
    const others = harness.filter((file) => !WRITERS.includes(file));
    expect(offences(others, /process(?:\.|\[)[^\n]*\.write\(|\bconsole\.(?:log|error|warn|info|debug)\(/g)).toEqual([]);
  });

  it('is escaped in documents on disk as in those that are printed', () => {
    const others = harness.filter((file) => !PLAIN_JSON.includes(file));
    expect(offences(others, /\$\{JSON\.stringify\([^`]*\\n`/g)).toEqual([]);
  });

  it('is made from an error by one function', () => {
    const others = harness.filter((file) => !ERROR_WORDS.includes(file));
    expect(offences(others, /instanceof Error \? [^\n]*\.message : String\(/g)).toEqual([]);
  });

  it('is tested in every report that the harness builds', () => {
    const tried = readFileSync(`${root}/test/reports/outside-text.test.ts`, 'utf8');
    const imports = harness.flatMap((file) => [
      ...codeOf(file).matchAll(/import (?!type)\{([^}]*)\} from '[./]+reports\/([^']*)'/g),
    ]);
    const builders = new Set(
      imports
        // Words, figures and the keys of a legend are no output: they go into one.
        .filter(
          ([, , from = '']) => !/(?:chart-figure|check-state|format|head|markup|properties|sentence|style|words)\.ts$/.test(from),
        )
        .flatMap(([, names = '']) => names.split(',').map((name) => name.trim()))
        .filter((name) => name !== '' && !name.startsWith('type ')),
    );
    expect(builders.size).toBeGreaterThan(10);
    expect([...builders].filter((name) => !new RegExp(`\\b${name}\\(|\\b${name}\\)`).test(tried))).toEqual([]);
  });
});
