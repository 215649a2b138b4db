import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { metrics } from '../../harness/evidence/metrics/metrics.ts';
import { scenarioSchema } from '../../harness/plan/scenario/schema.ts';
import { sourcesOf } from './imports.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const FOLDERS = ['harness', 'targets', 'reports', 'scenarios', 'test'];
const pages = globSync(['*.md', `{${FOLDERS.join(',')}}/**/*.md`], { cwd: root });
/** Every file and folder of the tree, from the root on; a folder ends in a slash. */
const tree = new Set(
  globSync(`{${FOLDERS.join(',')}}/**/*.*`, { cwd: root, exclude: ['**/node_modules/**'] }).flatMap((file) => {
    const folders = file.split('/').slice(0, -1);
    return [file, ...folders.map((_, depth) => `${folders.slice(0, depth + 1).join('/')}/`)];
  }),
);

/** What a page names of the tree: links without a scheme, and paths in backticks from the root on. */
function namedBy(page: string): string[] {
  const text = read(page);
  const links = [...text.matchAll(/\]\((?!\w+:)([^)#\s]+)/g)].map(([, path]) => normalize(join(dirname(page), path as string)));
  const paths = [...text.matchAll(/`((?:harness|targets|reports|scenarios|test)\/[\w./-]+)`/g)].map(([, path]) => path as string);
  return [...links, ...paths];
}

/** Folders that runs write, and no folders of the tree. */
const WRITTEN = ['runs/', 'data/', 'code/'];

/**
 * Files of code and folders that a page names without saying from where: each lies below the page, or as seen from a folder above it, or beside
 * something that the page names in full. A user's own file (./server.ts) is somewhere else.
 */
function unknownShortNames(page: string, text: string): string[] {
  const words = text.replaceAll(/\]\([^)]*\)/g, ']');
  const files = [...words.matchAll(/[\w./*-]*[\w-]\.(?:ts|mjs|py)\b/g)].map(([name]) => name);
  const folders = [...words.matchAll(/`([\w-][\w/-]*\/)`/g)].map(([, name]) => name as string);
  const home = dirname(page) === '.' ? '' : `${dirname(page)}/`;
  const above = home.split('/').map((_, depth, parts) => parts.slice(0, depth).join('/'));
  const beside = namedBy(page).map((path) => (tree.has(`${path.replace(/\/$/, '')}/`) ? path : dirname(path)));
  const below = [...tree].filter((path) => path.startsWith(home));
  const isThere = (name: string): boolean =>
    [...above, ...beside].some((folder) => tree.has(join(folder, name))) ||
    (home !== '' && below.some((path) => path === home + name || path.endsWith(`/${name}`)));
  return [...new Set([...files, ...folders])].filter(
    (name) =>
      !/^\.(?!\.)/.test(name) &&
      !name.includes('*') &&
      !WRITTEN.includes(name) &&
      !existsSync(join(root, name)) &&
      !isThere(name),
  );
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

describe('a page names only what exists', () => {
  it('and there are pages, in every wing', () => {
    const wings = ['front', 'studies', 'run', 'plan', 'evidence'].map((wing) => `harness/${wing}/README.md`);
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', ...wings]));
  });

  it.each(pages)('%s', (page) => {
    expect(namedBy(page).filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(unknownShortNames(page, read(page))).toEqual([]);
    expect(headingsNamedBy(page).filter(([of, slug]) => !headingsOf(of).includes(slug))).toEqual([]);
  });
});

it('a short name is looked up below the page, above it, and beside what the page names in full', () => {
  const page = 'harness/run/README.md';
  expect(unknownShortNames(page, '`pacer.ts`, `load/pacer.ts`, `kinds/`, `run/load/pacer.ts`, `./server.ts`')).toEqual([]);
  expect(unknownShortNames(page, '`ghost.ts`, `judge.ts`, `drivers/pacer.ts`, `cellar/`')).toEqual([
    'ghost.ts',
    'judge.ts',
    'drivers/pacer.ts',
    'cellar/',
  ]);
});

describe('the lists of CONTRIBUTING.md are complete', () => {
  const sources = sourcesOf(root, ['harness', 'reports', 'targets']);
  const page = read('CONTRIBUTING.md');
  const sectionOf = (heading: string): string => page.split(`### ${heading}\n`)[1]?.split('\n##')[0] ?? '';
  const filesOf = (heading: string): string[] =>
    [...sectionOf(heading).matchAll(/`((?:harness|reports|targets|scenarios|test)\/[^`\s]+\.\w+)`/g)].map(
      ([, path]) => path as string,
    );

  /** How the sources spell the example of a list, and the files that spell it for another reason. */
  const LISTS: readonly {
    readonly heading: string;
    readonly spelled: RegExp;
    readonly within?: string;
    readonly besides?: readonly string[];
  }[] = [
    {
      heading: 'A fault kind',
      spelled: /'kill-node'|\/kill-node\.ts'/,
      besides: [
        // Other kinds, which need the same of a target or build on this one; an example in a comment.
        'harness/run/faults/kinds/node/node-never-returns.ts',
        'harness/run/faults/kinds/machine/disk-full.ts',
        'harness/front/library/testing/arena.ts',
      ],
    },
    { heading: 'A driver', spelled: /\/native-driver\.ts'|class NativeDriver/ },
    { heading: 'A target', spelled: /calibrated\/target\.ts'|'calibrated'/ },
    { heading: 'A metric', spelled: /cpu\.serverPerMessage/ },
    { heading: 'A recovery clock', spelled: /firstSuccess/ },
    { heading: 'A delivery property', spelled: /receiptsEarly/ },
    { heading: 'A section of the report', spelled: /delivery-section\.ts'|function deliverySection/ },
    { heading: 'A scenario key', spelled: /recoverySchema|recoveryLevel|'recovery'|parseLevel/, within: 'harness/plan/' },
    { heading: 'An import tool', spelled: /artillery/i },
    { heading: 'A protocol field', spelled: /maxUnanswered/ },
    { heading: 'A command', spelled: /pruneCommand|pruneRuns/ },
  ];

  it.each(LISTS)(
    '$heading: every source that spells the example is listed',
    ({ heading, spelled, within = '', besides = [] }) => {
      const spelling = sources.filter(({ path, text }) => path.startsWith(within) && spelled.test(text)).map(({ path }) => path);
      expect(spelling.length).toBeGreaterThan(1);
      expect(besides.filter((path) => !spelling.includes(path))).toEqual([]);
      expect(spelling.filter((path) => !besides.includes(path) && !filesOf(heading).includes(path))).toEqual([]);
    },
  );

  it('A bundled scenario: everything that names every scenario is listed', () => {
    const tests = sourcesOf(root, ['test']).filter(({ text }) =>
      ['flaky-clients', 'split-brain', 'steady'].every((name) => text.includes(`'${name}'`)),
    );
    expect(tests.map(({ path }) => path).filter((path) => path !== 'test/rules/pages.test.ts')).toEqual([
      'test/harness/plan/scenario/load-scenario.test.ts',
    ]);
    expect(filesOf('A bundled scenario')).toEqual([
      'scenarios/flaky-clients.yaml',
      'test/harness/plan/scenario/load-scenario.test.ts',
    ]);
  });

  it('each list is checked, names a test, and gives its example', () => {
    const headings = [...page.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading as string);
    expect(headings.toSorted()).toEqual([...LISTS.map(({ heading }) => heading), 'A bundled scenario'].toSorted());
    for (const heading of headings) {
      expect(sectionOf(heading), heading).toMatch(/^\nExample: /);
      expect(
        filesOf(heading).filter((path) => /^test\/.*\.test\.ts$/.test(path)),
        heading,
      ).not.toEqual([]);
    }
  });

  it('A scenario key: every key at the top of a scenario is printed with its description', () => {
    const { properties = {} } = z.toJSONSchema(scenarioSchema, { io: 'input' });
    expect(Object.keys(properties)).toContain('recovery');
    for (const [key, schema] of Object.entries(properties)) {
      expect((schema as { readonly description?: string }).description?.length ?? 0, key).toBeGreaterThan(20);
    }
  });

  it('A metric: the example is a metric', () => {
    const [, example = 'no example'] = /Example: `([^`]+)`/.exec(sectionOf('A metric')) ?? [];
    expect(metrics.has(example), example).toBe(true);
  });
});
