import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findProject } from '../../../../harness/front/starter/found-project.ts';
import { STAND_IN_DEPENDENCIES } from '../../../../harness/front/starter/own-server-files.ts';
import { wireIgnore } from '../../../../harness/front/starter/wired-ignore.ts';
import { wirePackage } from '../../../../harness/front/starter/wired-package.ts';
import packageJson from '../../../../package.json' with { type: 'json' };

const wiring = { dependencies: { letitcrash: '^1.0.0', ws: '^8.0.0' }, scripts: { gate: 'letitcrash gate' } };

describe('package.json', () => {
  test('gets what it lacks, with its own indentation, order and line ends', () => {
    const before = '{\r\n    "name": "chat",\r\n    "devDependencies": {\r\n        "vitest": "^4.0.0"\r\n    }\r\n}';
    const { text, added, toInstall } = wirePackage(before, wiring);
    expect(text).toBe(
      '{\n    "name": "chat",\n    "devDependencies": {\n        "letitcrash": "^1.0.0",\n        "vitest": "^4.0.0",\n        "ws": "^8.0.0"\n    },\n    "scripts": {\n        "gate": "letitcrash gate"\n    }\n}'.replaceAll(
        '\n',
        '\r\n',
      ),
    );
    expect(added).toEqual(['devDependencies.letitcrash', 'devDependencies.ws', 'scripts.gate']);
    expect(toInstall).toBe(true);
  });

  test('keeps what it has: a dependency in any section and from anywhere, and a script of the same name', () => {
    const before = `${JSON.stringify({ scripts: { gate: 'mine' }, dependencies: { ws: '^7.0.0' }, devDependencies: { letitcrash: 'file:../x.tgz' } })}\n`;
    expect(wirePackage(before, wiring)).toEqual({ text: before, added: [], toInstall: false });
  });

  test('is created, private, if it does not exist', () => {
    const { text } = wirePackage(null, wiring);
    expect(JSON.parse(text)).toEqual({ private: true, devDependencies: wiring.dependencies, scripts: wiring.scripts });
    expect(text.endsWith('}\n')).toBe(true);
  });

  test.each(['', '[]', 'null', '{ "a": }'])('with the content %j is refused in words', (before) => {
    expect(() => wirePackage(before, wiring)).toThrow(/^is not (JSON: |an object$)/);
  });

  test('gets the same version of ws that letitcrash has', () => {
    expect(STAND_IN_DEPENDENCIES).toEqual({ ws: packageJson.dependencies.ws });
  });
});

test.each([
  [null, 'node_modules/\nruns/\n'],
  ['dist', 'dist\nnode_modules/\nruns/\n'],
  ['/node_modules\n', '/node_modules\nruns/\n'],
  ['node_modules/*\r\nruns\r\n', null],
])('.gitignore %j becomes %j', (before, after) => expect(wireIgnore(before)).toBe(after));

describe('a project', () => {
  async function found(files: Readonly<Record<string, string>>) {
    const folder = await mkdtemp(join(tmpdir(), 'letitcrash-project-'));
    try {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
      return await findProject(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const remote = (url: string) => ({ '.git/config': `[remote "origin"]\n\turl = ${url}\n` });

  test.each([
    [{}, 'none'],
    [{ '.gitlab-ci.yml': '', '.github/x': '' }, 'gitlab'],
    [{ '.github/dependabot.yml': '' }, 'github'],
    [remote('git@github.com:me/chat.git'), 'github'],
    [remote('https://user@gitlab.example.org/me/github.com.git'), 'gitlab'],
    [remote('ssh://git@gitlab.com:22/me/chat.git'), 'gitlab'],
    [remote('https://example.org/github.com/chat.git'), 'none'],
  ])('%j is gated by %s', async (files, ci) => expect(await found(files as Record<string, string>)).toMatchObject({ ci }));

  test('names its own package manager if that is not npm', async () => {
    expect(await found({ 'pnpm-lock.yaml': '' })).toMatchObject({
      otherInstaller: { lock: 'pnpm-lock.yaml', install: ['pnpm', 'install', '--frozen-lockfile'] },
    });
    expect(await found({ 'yarn.lock': '', 'package-lock.json': '' })).toMatchObject({ otherInstaller: null });
  });
});
