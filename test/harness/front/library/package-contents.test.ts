/** What is published, as far as it can be told without compiling: which files, and that what they promise is there. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { TELEMETRY_PACKAGES } from '../../../../harness/front/watch/telemetry/load-pusher.ts';
import packageJson from '../../../../package.json' with { type: 'json' };

const CHECKOUT = fileURLToPath(new URL('../../../..', import.meta.url));
const read = (path: string): string => readFileSync(join(CHECKOUT, path), 'utf8');

const [{ files }] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: CHECKOUT, encoding: 'utf8' }),
) as [{ files: readonly { readonly path: string }[] }];
const packed = files.map(({ path }) => path).filter((path) => !path.startsWith('dist/'));
const pages = packed.filter((path) => path.endsWith('.md'));

/** Links to other files, from the page's folder. */
function linksOf(page: string): string[] {
  const targets = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^(https?:|#)/.test(target))
    .map((target) => normalize(join(dirname(page), target.split('#')[0] ?? '')));
}

describe('the pages of the package', () => {
  test('are those of the rooms, and the README', () => {
    expect(pages).toEqual(
      expect.arrayContaining(['README.md', 'harness/evidence/ledger/README.md', 'targets/protocol/README.md']),
    );
    expect(pages.flatMap(linksOf).length).toBeGreaterThan(30);
  });

  test.each(pages)('%s: each link leads to a file of the package', (page) => {
    const dead = linksOf(page).filter((target) => !packed.some((path) => path === target || path.startsWith(`${target}/`)));
    expect(dead).toEqual([]);
  });
});

test('no file of the package lies where the code would take it for a checkout', () => {
  expect(packed).not.toContain('harness/front/cli/main.ts');
  expect(packed).not.toContain('targets/index.ts');
  expect(packed.filter((path) => path.includes('checkout'))).toEqual([]);
});

test('the manifest says where the project is hosted', () => {
  expect(packageJson.repository).toEqual({ type: 'git', url: expect.stringMatching(/^git\+https:\/\/.*\.git$/) });
  const home = packageJson.repository.url.replace(/^git\+|\.git$/g, '');
  expect(packageJson).toMatchObject({ homepage: `${home}#readme`, bugs: `${home}/issues` });
});

test('telemetry is an optional peer of any version, and no dependency', () => {
  const optional = Object.keys(packageJson.peerDependenciesMeta);
  expect(optional).toEqual(Object.keys(packageJson.peerDependencies));
  expect(optional.filter((name) => name.startsWith('@opentelemetry/'))).toEqual(TELEMETRY_PACKAGES);
  for (const name of TELEMETRY_PACKAGES) expect(packageJson.peerDependencies).toHaveProperty([name], '*');
  for (const name of Object.keys(packageJson.dependencies)) {
    expect(name).not.toMatch(/^@opentelemetry\//);
  }
});

test('nothing that a checkout installs needs a newer Node than version 20, with which npm starts', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { engines?: { node?: string }; optional?: boolean }>;
  };
  // npm warns of each, in five lines, but for optional ones, which it leaves out.
  const newer = Object.entries(packages).filter(
    ([, { engines, optional }]) => optional !== true && lowest(engines?.node ?? '*') > 20,
  );
  expect(newer.map(([path]) => path)).toEqual([]);
});

/** The oldest major version that a range allows. */
function lowest(range: string): number {
  return Math.min(...range.split('||').map((part) => Number(/\d+/.exec(part)?.[0] ?? 0)));
}

test('the launcher fetches the same Node version that a checkout has', () => {
  const [, version] = /const OWN_NODE = '(.*)';/.exec(read('harness/front/cli/letitcrash.js')) ?? [];
  expect(new Set(Object.values(packageJson.optionalDependencies))).toEqual(new Set([version]));
  expect(existsSync(join(CHECKOUT, 'harness/front/cli/main.ts'))).toBe(true);
});
