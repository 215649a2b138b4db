/** Tests that run beside each other share no loopback address: their numbers come from test/targets/deployment-spec.ts. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const LAWS = {
  'draws a number from a process id, and two may meet': /process\.pid\s*%/,
  'names the number of a deployment itself': /\bdeployment: \d/,
  'has a node listen on, or dial from, an address of its own': /\bhost: '127\.(?!0\.0\.1')[\d.]+', via\b/,
};

const offences = (file: string, code: string): string[] =>
  Object.entries(LAWS).flatMap(([law, pattern]) => (pattern.test(code) ? [`${file} ${law}`] : []));

test('no test chooses its loopback addresses itself', () => {
  const files = globSync('test/**/*.ts', { cwd: root }).filter((file) => !/^test\/(?:bench\/|rules\/loopback)/.test(file));
  expect(files.length).toBeGreaterThan(300);
  expect(files.flatMap((file) => offences(file, readFileSync(`${root}/${file}`, 'utf8')))).toEqual([]);
});

test.each(['const next = 1 + (process.pid % 250);', 'deployment: 3,', "{ host: '127.0.83.7', via: {} }"])(
  'the rules see `%s`',
  (code) => {
    expect(offences('test/new.test.ts', code)).toHaveLength(1);
  },
);
