/** A README that shows a scenario under the name of a bundled one shows that one, word for word. */
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bundled = new Map(
  globSync('scenarios/*.yaml', { cwd: root }).map((file) => [basename(file, '.yaml'), readFileSync(`${root}/${file}`, 'utf8')]),
);
const shown = globSync(['README.md', '{harness,targets,reports,scenarios}/**/README.md'], { cwd: root }).flatMap((file) =>
  [...readFileSync(`${root}/${file}`, 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = '']) => ({
    file,
    name: /^name: (\S+)/m.exec(text)?.[1] ?? '',
    text,
  })),
);

describe('a scenario in a README', () => {
  it('exists to be checked', () => expect(shown.map(({ name }) => name)).toContain('kill-node'));

  it.each(shown.filter(({ name }) => bundled.has(name)))('of $file, $name, is the bundled one', ({ name, text }) => {
    expect(text).toBe(bundled.get(name));
  });
});
