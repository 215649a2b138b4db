import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commonJsRemedy } from '../../../../harness/plan/scenario/commonjs-remedy.ts';
import { letitcrash } from '../../front/cli/command-line.ts';

// By the command: Vitest would load both as what they are not.
test('a scenario and a target in TypeScript that Node takes for CommonJS are refused with what to call them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'letitcrash-commonjs-'));
  try {
    await writeFile(join(folder, 'package.json'), '{ "type": "commonjs" }');
    await writeFile(join(folder, 'mine.ts'), 'export const scenario = {};');
    await writeFile(join(folder, 'my-target.ts'), "import 'node:fs';\nexport const target = {};");
    await writeFile(
      join(folder, 'own.yaml'),
      'name: own\ntarget: { use: ./my-target.ts }\nusers: 2\nload: { rate: 1/s, duration: 1s }\n',
    );
    for (const [given, renamed] of [
      ['./mine.ts', 'mine.mts'],
      ['./own.yaml', 'my-target.mts'],
    ] as const) {
      const { code, stderr } = await letitcrash(['run', given, '--dry-run'], { cwd: folder });
      expect(code, stderr).toBe(2);
      expect(stderr).toContain(`"type": "commonjs", so Node treats .ts files as CommonJS: rename this one to ${renamed}, or set`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('other mistakes have other remedies', () => {
  const commonJs = new SyntaxError('Cannot use import statement outside a module');
  expect(commonJsRemedy('/x/a.js', commonJs)).toContain('rename this one to a.mjs');
  expect(commonJsRemedy('/x/a.mts', commonJs)).toBeNull();
  expect(commonJsRemedy('/x/a.ts', new SyntaxError("Unexpected token '}'"))).toBeNull();
  expect(commonJsRemedy('/x/a.ts', new Error('Cannot use import statement outside a module'))).toBeNull();
});
