/** Tests wait in two ways: `until` (test/until.ts), and `expect.poll` with the limits of the configuration. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const LAWS = {
  'has a waiting loop of its own: test/until.ts has it':
    /(?:function (?:until|eventually|waitFor|waitUntil)\b|const (?:until|eventually|waitFor|waitUntil) = (?:async|\())/,
  'waits with vi.waitFor or vi.waitUntil, whose limit is a second: until or expect.poll': /\bvi\.wait(?:For|Until)\(/,
  'gives expect.poll a limit below that of the configuration': /timeout: [1-9]_?\d{3} \}\)\s*\.(?:not\.)?to/,
};

const offences = (file: string, code: string): string[] =>
  Object.entries(LAWS).flatMap(([law, pattern]) => (pattern.test(code) ? [`${file} ${law}`] : []));

test('no test waits in its own way', () => {
  const files = globSync('test/**/*.ts', { cwd: root }).filter(
    (file) => !/^test\/(?:until|rules\/waiting\.test)\.ts$/.test(file),
  );
  expect(files.length).toBeGreaterThan(300);
  expect(files.flatMap((file) => offences(file, readFileSync(`${root}/${file}`, 'utf8')))).toEqual([]);
});

test.each([
  'async function until(condition: () => boolean): Promise<void> {',
  'await vi.waitFor(() => expect(seen).toBe(1));',
  'await expect.poll(() => seen, { timeout: 5_000 }).toBe(1);',
])('the rules see `%s`', (code) => {
  expect(offences('test/new.test.ts', code)).toHaveLength(1);
});
