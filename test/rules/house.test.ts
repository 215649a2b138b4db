import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CIRCLES, ROOMS } from './house.ts';
import { type Arrow, arrowsOf, sourcesOf } from './imports.ts';
import { circles, crossings, roomOf, wingOf } from './offences.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const arrows = arrowsOf(sourcesOf(root, ['harness', 'reports', 'targets']));

const from = (path: string, text: string): Arrow[] => arrowsOf([{ path, text }]);

describe('the tree', () => {
  it('has no import that runs up or crosses a boundary', () => {
    expect(crossings(arrows)).toEqual([]);
  });

  it('has no circle of imports outside the list', () => {
    expect(circles(arrows)).toEqual([]);
  });

  it('has every room of the table, no other folder in its wings, and no file beside the rooms', () => {
    for (const room of ROOMS) expect(existsSync(join(root, room)), room).toBe(true);
    const wings = new Set(ROOMS.filter((room) => room.split('/').length === 3).map(wingOf));
    const folders = [...wings].flatMap((wing) =>
      readdirSync(join(root, wing), { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? [`${wing}/${entry.name}`] : [],
      ),
    );
    expect(folders.filter((folder) => !ROOMS.includes(folder))).toEqual([]);
    const lone = ['harness', ...wings].flatMap((wing) =>
      readdirSync(join(root, wing), { withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== 'README.md')
        .map(({ name }) => `${wing}/${name}`),
    );
    expect(lone).toEqual([]);
  });

  it('has fewer than 25 kinds of import between wings', () => {
    const kinds = new Set(
      arrows.flatMap((arrow) => {
        const [guest, host] = [roomOf(arrow.from), roomOf(arrow.to)];
        return guest === null || host === null || wingOf(guest) === wingOf(host) ? [] : [`${wingOf(guest)} -> ${wingOf(host)}`];
      }),
    );
    expect([...kinds].length).toBeLessThan(25);
  });

  it('has a reason for each circle that may stay', () => {
    for (const { within, reason } of CIRCLES) expect(reason.length, within).toBeGreaterThan(20);
  });
});

describe('what the tests see', () => {
  it.each([
    ['an import', `import { a } from '../b.ts';`, false],
    ['an import of types', `import type { A } from '../b.ts';`, true],
    ['an import of nothing but types, one by one', `import { type A, type B } from '../b.ts';`, true],
    ['an import of a type and a value', `import { type A, b } from '../b.ts';`, false],
    ['an import over several lines', `import {\n  a,\n  type B,\n} from '../b.ts';`, false],
    ['an import for its effect', `import '../b.ts';`, false],
    ['a re-export', `export { a } from '../b.ts';`, false],
    ['a re-export of everything', `export * from '../b.ts';`, false],
    ['an import while running', `const b = await import('../b.ts');`, false],
  ])('%s', (_what, text, typeOnly) => {
    expect(from('harness/run/a/a.ts', text)).toEqual([{ from: 'harness/run/a/a.ts', to: 'harness/run/b.ts', typeOnly }]);
  });
});

describe('what violates the table is named with both ends', () => {
  it.each([
    ['a run looks up to a study', 'harness/run/load/a.ts', '../../studies/compare/judge.ts', 'nothing reaches back up'],
    ['evidence looks up to a plan', 'harness/evidence/measure/a.ts', '../../plan/scenario/plan.ts', 'nothing reaches back up'],
    ['a plan looks up to a run', 'harness/plan/scenario/a.ts', '../../run/load/user.ts', 'nothing reaches back up'],
    ['a driver looks up to the load', 'harness/run/drivers/a.ts', '../load/user.ts', 'nothing reaches back up'],
    ['the harness reaches into a target', 'harness/run/load/a.ts', '../../../targets/reference/main.ts', 'only through'],
    ['the command line reaches into a target', 'harness/front/cli/a.ts', '../../../targets/reference/main.ts', 'only through'],
    ['the engine calls a report', 'harness/run/conductor/a.ts', '../../../reports/html/page.ts', 'nothing reaches back up'],
    [
      'a target imports the harness',
      'targets/reference/a.ts',
      '../../harness/evidence/result/result.ts',
      'nothing reaches back up',
    ],
    ['a target imports a report', 'targets/reference/a.ts', '../../reports/format.ts', 'nothing reaches back up'],
    ['a report imports the conductor', 'reports/a.ts', '../harness/run/conductor/conductor.ts', 'pure function'],
    ['a report imports a target', 'reports/a.ts', '../targets/index.ts', 'pure function'],
    ['a room that nobody wrote down', 'harness/run/cellar/a.ts', '../load/user.ts', 'in no room'],
  ])('%s', (_what, path, specifier, law) => {
    const [offence, ...more] = crossings(from(path, `import { a } from '${specifier}';`));
    expect(offence).toContain(path);
    expect(offence).toContain(specifier.replace(/^(?:\.\.\/)+/, ''));
    expect(offence).toContain(law);
    expect(more).toEqual([]);
  });

  it.each([
    ['the command line builds reports', 'harness/front/cli/a.ts', '../../../reports/terminal.ts'],
    ['the load speaks the protocol', 'harness/run/load/a.ts', '../../../targets/protocol/frames.ts'],
    ['a report reads a Result', 'reports/a.ts', '../harness/evidence/result/result.ts'],
    ['a study plays a run', 'harness/studies/compare/a.ts', '../../run/conductor/conductor.ts'],
  ])('allowed: %s', (_what, path, specifier) => {
    expect(crossings(from(path, `import { a } from '${specifier}';`))).toEqual([]);
  });

  it('a circle of two files, of three files, and of types is found', () => {
    const a = { path: 'harness/run/load/a.ts', text: `import { b } from './b.ts';` };
    const b = { path: 'harness/run/load/b.ts', text: `import type { A } from './a.ts';` };
    expect(circles(arrowsOf([a, b]))).toEqual([
      'these files import each other in a circle: harness/run/load/a.ts, harness/run/load/b.ts',
    ]);
    const three = ['a', 'b', 'c'].map((name, index) => ({
      path: `reports/${name}.ts`,
      text: `import { x } from './${['b', 'c', 'a'][index]}.ts';`,
    }));
    expect(circles(arrowsOf(three))).toHaveLength(1);
  });

  it('a circle within the runtime is accepted as long as only types close it', () => {
    const kernel = { path: 'targets/reference/runtime/kernel.ts', text: `import { a } from './a.ts';` };
    const typed = { path: 'targets/reference/runtime/a.ts', text: `import type { Kernel } from './kernel.ts';` };
    const valued = { ...typed, text: `import { Kernel } from './kernel.ts';` };
    expect(circles(arrowsOf([kernel, typed]))).toEqual([]);
    expect(circles(arrowsOf([kernel, valued]))).toHaveLength(1);
  });
});
