import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Case {
  readonly what: string;
  readonly room: string;
  readonly source: string;
  readonly isAllowed: boolean;
}

const impurities: Readonly<Record<string, string>> = {
  'Date.now': 'export const a = Date.now();\n',
  'new Date': 'export const a = new Date();\n',
  'Math.random': 'export const a = Math.random();\n',
  'a timer': 'setTimeout(() => {}, 1);\n',
  setImmediate: 'setImmediate(() => {});\n',
  'a Node module': `import { readFileSync } from 'node:fs';\n\nreadFileSync('x');\n`,
  'a promise': 'export const a = Promise.resolve(1);\n',
  'an async function': 'export async function a() {\n  return 1;\n}\n',
  'an async arrow': 'export const a = async () => 1;\n',
  'a dynamic import': `export const a = import('./b.ts');\n`,
  'an async method of an object': 'export const a = {\n  async b() {\n    return 1;\n  },\n};\n',
  'an async generator': 'export async function* a() {\n  yield 1;\n}\n',
  'a clock by way of globalThis': 'export const a = globalThis.performance.now();\n',
  'a clock by way of Intl': 'export const a = new Intl.DateTimeFormat().format();\n',
  'a timer by way of AbortSignal': 'export const a = AbortSignal.timeout(5);\n',
  'chance by a name in brackets': "export const a = Math['random']();\n",
  'chance by taking it out of Math': 'const { random } = Math;\n\nexport const a = random();\n',
  'process.hrtime': 'export const a = process.hrtime.bigint();\n',
  'crypto.randomUUID': 'export const a = crypto.randomUUID();\n',
  console: `export const a = console.log('x');\n`,
  fetch: `export const a = fetch('x');\n`,
  'a worker': `export const a = new Worker('x');\n`,
};

const deterministicRooms = [
  'harness/evidence/ledger',
  'harness/evidence/stats',
  'harness/evidence/result',
  'targets/reference/runtime',
  'targets/reference/messaging',
];

const allowed: Case = {
  what: 'a deterministic room computes',
  room: 'harness/evidence/ledger',
  source: 'export const a = Math.max(1, 2);\n',
  isAllowed: true,
};

const impure: readonly Case[] = deterministicRooms.flatMap((room) =>
  Object.entries(impurities).map(([what, source]) => ({ what: `${what} in ${room}`, room, source, isAllowed: false })),
);
const cases = [...impure, allowed];
const pathOf = (index: number): string => `${(cases[index] as Case).room}/case${index}.ts`;

/** The project's own configuration over a tree of offenders, linted once: diagnostics by file. */
function lintAll(tree: string): Map<string, string> {
  for (const kept of ['biome.json', '.gitignore', 'test/rules/deterministic.grit'])
    cpSync(join(root, kept), join(tree, kept), { recursive: true });
  cases.forEach(({ source }, index) => {
    mkdirSync(dirname(join(tree, pathOf(index))), { recursive: true });
    writeFileSync(join(tree, pathOf(index)), source);
  });
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const run = spawnSync(process.execPath, [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'], {
    cwd: tree,
    encoding: 'utf8',
  });
  const report = JSON.parse(run.stdout) as { diagnostics: { severity: string; message: unknown; location: { path: unknown } }[] };
  const found = new Map<string, string>();
  for (const { severity, message, location } of report.diagnostics) {
    if (severity !== 'error') continue;
    const path =
      (typeof location.path === 'string' ? location.path : JSON.stringify(location.path)).match(/[\w/-]+\/case\d+\.ts/)?.[0] ??
      '';
    found.set(path.replace(/^\.\//, ''), `${found.get(path) ?? ''}${JSON.stringify(message)}\n`);
  }
  return found;
}

describe('the rooms without clock, randomness and I/O', () => {
  let tree = '';
  let found = new Map<string, string>();
  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), 'letitcrash-rules-'));
    found = lintAll(tree);
  });
  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  it.each(cases.map((each, index) => ({ ...each, index })))('$what', ({ index, isAllowed }) => {
    const diagnostics = found.get(pathOf(index));
    if (isAllowed) expect(diagnostics).toBeUndefined();
    else expect(diagnostics).toBeDefined();
  });
});
