import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Arrow, arrowsOf, sourcesOf } from './imports.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const wings = ['front', 'studies', 'run', 'plan', 'evidence'].map((wing) => `harness/${wing}/README.md`);

/** What a page names of the tree: links without a scheme, and paths in backticks from the root on. */
function namedBy(page: string): string[] {
  const text = read(page);
  const links = [...text.matchAll(/\]\((?!\w+:)([^)#\s]+)/g)].map(([, path]) => normalize(join(dirname(page), path as string)));
  const paths = [...text.matchAll(/`((?:harness|targets|reports|scenarios|test)\/[\w./-]+)`/g)].map(([, path]) => path as string);
  return [...links, ...paths];
}

describe('a page names nothing that is not there', () => {
  it.each(['ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'harness/README.md', ...wings])('%s', (page) => {
    expect(namedBy(page).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

describe('the lists of CONTRIBUTING.md are complete', () => {
  const arrows = arrowsOf(sourcesOf(root, ['harness', 'reports', 'targets']));
  const page = read('CONTRIBUTING.md');
  /** Other kinds that build on it aside. */
  const importersOf = (path: string): string[] =>
    arrows.filter(({ from, to }: Arrow) => to === path && !from.includes('/kinds/')).map(({ from }) => from);
  const sectionOf = (heading: string): string => page.split(`### ${heading}\n`)[1]?.split('\n##')[0] ?? '';

  it.each([
    ['A fault kind', 'harness/run/faults/kinds/node/kill-node.ts'],
    ['A driver', 'harness/run/drivers/native/native-driver.ts'],
    ['A target', 'targets/calibrated/target.ts'],
    ['A section of the report', 'reports/html/delivery-section.ts'],
  ])('%s: whatever imports the example is listed', (heading, example) => {
    const section = sectionOf(heading);
    expect(section).toContain(example);
    expect(importersOf(example)).not.toEqual([]);
    for (const importer of importersOf(example)) expect(section).toContain(`\`${importer}\``);
  });

  it('A metric: the example is in the table that the page names', () => {
    expect(read('harness/evidence/metrics/metrics.ts')).toContain(
      /Example: `([^`]+)`/.exec(sectionOf('A metric'))?.[1] ?? 'no example',
    );
  });

  it('A scenario key: the example is in each file that the page names', () => {
    const section = sectionOf('A scenario key');
    const key = /Example: `([^`]+)`/.exec(section)?.[1] ?? 'no example';
    const files = [...section.matchAll(/`(harness\/[\w./-]+)`/g)].map(([, path]) => path as string);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect(read(file), file).toContain(key);
  });
});
