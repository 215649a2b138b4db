/** What becomes of a run whose folder is removed, whose disk is full or can only be read, in the middle of the load: its verdict, and a plain word. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LAUNCHER } from './command-line.ts';

const SCENARIO = `
name: mine
target: { use: calibrated, durability: memory }
users: 20
load: { rate: 50/s, duration: 1500ms, warmUp: 0s }
limits: { lag: 20s }
`;
/** Waits for the load, does to the folder $1 what is to be done, and says at the end what is in it. */
const scriptOf = (before: string, meanwhile: string): string => `
set -e
${before}
"$2" "$3" run "$4/mine.yaml" --no-arena --out "$1/run" >"$4/stdout" 2>"$4/stderr" & run=$!
until grep -q Loading "$4/stderr" || ! kill -0 $run; do sleep 0.02; done
${meanwhile}
code=0; wait $run || code=$?
find "$1" -mindepth 1 -printf '%P\\n' | sort >"$4/left"
exit $code`;

/** A mount namespace of its own, without root. */
const NAMESPACE = ['unshare', '-Urm'] as const;
const hasNamespaces = spawnSync(NAMESPACE[0], [NAMESPACE[1], 'true']).status === 0;

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'letitcrash-lost-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Played {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly left: readonly string[];
}

async function played(before: string, meanwhile: string, namespace: boolean): Promise<Played> {
  const own = mkdtempSync(join(scratch, 'one-'));
  const folder = mkdtempSync(join(own, 'disk-'));
  writeFileSync(join(own, 'mine.yaml'), SCENARIO);
  const words = ['bash', '-c', scriptOf(before, meanwhile), 'bash', folder, process.execPath, LAUNCHER, own];
  const [file = '', ...args] = namespace ? [...NAMESPACE, ...words] : words;
  const env = { ...process.env, NO_COLOR: '1', XDG_STATE_HOME: join(own, 'state') };
  const code = await new Promise<number | null>((done, failed) => {
    spawn(file, args, { env, stdio: 'inherit', timeout: 40_000 }).once('error', failed).once('exit', done);
  });
  const textOf = (name: string): string => (existsSync(join(own, name)) ? readFileSync(join(own, name), 'utf8') : '');
  const pointers = join(own, 'state', 'letitcrash');
  return {
    code,
    stdout: textOf('stdout'),
    stderr: textOf('stderr'),
    left: [
      ...textOf('left')
        .split('\n')
        .filter((line) => line !== ''),
      ...(existsSync(pointers)
        ? readdirSync(pointers, { recursive: true })
            .map(String)
            .filter((name) => name.endsWith('.json'))
        : []),
    ],
  };
}

const COMPLAINT = /^letitcrash: (\S.*\n {2}\S.*)\n/m;

describe.concurrent('a run folder', () => {
  test('that is removed during the run does not hide the verdict, and does not come back', async () => {
    const { code, stdout, stderr, left } = await played('', 'rm -r "$1/run"', false);
    expect(stdout).toMatch(/PASS .*mine/);
    expect(stdout).not.toContain('report.html');
    expect(COMPLAINT.exec(stderr)?.[1]).toMatch(
      /\/run: was removed while it was in use\n {2}do not touch it until the command is over$/,
    );
    expect({ code, left }).toEqual({ code: 3, left: [] });
  });

  test.skipIf(!hasNamespaces)('on a disk that fills up does not hide the verdict, and keeps no half-written file', async () => {
    const mount = 'mount -t tmpfs -o size=1m tmpfs "$1"';
    const { code, stdout, stderr, left } = await played(mount, 'cat /dev/zero >"$1/fill" 2>/dev/null || true', true);
    expect(stdout).toMatch(/PASS .*mine/);
    expect(COMPLAINT.exec(stderr)?.[1]).toMatch(
      /\/run\/result\.json: there is no room left on its disk \(ENOSPC\)\n {2}make room there .*--out DIR$/,
    );
    expect(code).toBe(3);
    expect(left.filter((name) => !/^(?:fill|run|run\/logs(?:\/.*)?)$/.test(name))).toEqual([]);
  });

  test.skipIf(!hasNamespaces)('on a disk that became read-only does not hide the verdict', async () => {
    // What is open for writing keeps a file system from being made so: another takes its place.
    const meanwhile =
      'mkdir "$4/other"; mount -t tmpfs tmpfs "$4/other"; mkdir -p "$4/other/run/logs" "$4/other/run/observations"; mount -o remount,ro "$4/other"; mount --bind "$4/other" "$1"';
    const { code, stdout, stderr } = await played('mount -t tmpfs -o size=4m tmpfs "$1"', meanwhile, true);
    expect(stdout).toMatch(/PASS .*mine/);
    expect(COMPLAINT.exec(stderr)?.[1]).toMatch(
      /result\.json: its file system is read-only \(EROFS\)\n {2}name a folder on a file system that can be written: --out DIR$/,
    );
    expect(code).toBe(3);
  });
});
