import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Arrow, arrowsOf, sourcesOf } from './imports.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = globSync(['*.md', '{harness,targets,reports,scenarios,test}/**/*.md'], { cwd: root });

/** What a page names of the tree: links without a scheme, and paths in backticks from the root on. */
function namedBy(page: string): string[] {
  const text = read(page);
  const links = [...text.matchAll(/\]\((?!\w+:)([^)#\s]+)/g)].map(([, path]) => normalize(join(dirname(page), path as string)));
  const paths = [...text.matchAll(/`((?:harness|targets|reports|scenarios|test)\/[\w./-]+)`/g)].map(([, path]) => path as string);
  return [...links, ...paths];
}

/** Links to a heading: the page that has it, and the heading as GitHub writes it in an address. */
function headingsNamedBy(page: string): (readonly [of: string, slug: string])[] {
  return [...read(page).matchAll(/\]\((?!\w+:)([^)#\s]*)#([^)\s]+)\)/g)].flatMap(([, path = '', slug = '']) => {
    const of = path === '' ? page : normalize(join(dirname(page), path));
    return of.endsWith('.md') && existsSync(join(root, of)) ? [[of, slug] as const] : [];
  });
}

function headingsOf(page: string): string[] {
  const headings = read(page)
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );
}

describe('a page names nothing that is not there', () => {
  it('and there are pages, in every wing too', () => {
    const wings = ['front', 'studies', 'run', 'plan', 'evidence'].map((wing) => `harness/${wing}/README.md`);
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', ...wings]));
  });

  it.each(pages)('%s', (page) => {
    expect(namedBy(page).filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(headingsNamedBy(page).filter(([of, slug]) => !headingsOf(of).includes(slug))).toEqual([]);
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
