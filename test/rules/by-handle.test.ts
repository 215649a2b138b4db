/** Whoever ends or stops a process does so by a handle of its own: a child it started, or an id with the start time beside it. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The only place that signals by id: it compares the start time first. */
const BY_IDENTITY = 'harness/run/arena/process-identity.ts';

interface Law {
  readonly what: string;
  /** Offences in a file's code. */
  offences(file: string, code: string): readonly string[];
}

const all = (code: string, pattern: RegExp): string[] => [...code.matchAll(pattern)].map(([match]) => match);

const laws: readonly Law[] = [
  {
    what: 'names a program that ends processes by name or by port',
    offences: (_file, code) => all(code, /\b(?:pkill|killall|fuser|skill|taskkill)\b/g),
  },
  {
    what: 'runs a command through a shell, where a name may stand for anything',
    offences: (_file, code) => all(code, /\bexecSync\(|[^.\w]exec\(|shell:\s*true/g),
  },
  {
    what: 'signals an id without knowing whose it is now (0 only asks; one’s own is known, and so is the group of a child)',
    offences: (file, code) =>
      file === BY_IDENTITY ? [] : all(code, /process\.kill\((?!process\.pid\b|-child\.pid\b|\s*[\w.]+,\s*0\))[^)]*\)/g),
  },
  {
    what: 'signals a child that it did not start',
    offences: (_file, code) => (/from 'node:child_process'/.test(code) ? [] : all(code, /\.kill\(\s*['"]SIG\w+['"]/g)),
  },
];

/** Without comments, which may name what the code must not. */
function codeOf(path: string): string {
  return readFileSync(path, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
}

const files = globSync('{harness,targets}/**/*.{ts,js}', { cwd: root });

describe('no file of the harness and the targets', () => {
  it.each(laws)('$what', ({ offences }) => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap((file) => offences(file, codeOf(`${root}/${file}`)).map((offence) => `${file}: ${offence}`))).toEqual(
      [],
    );
  });
});

describe('the rules see', () => {
  it.each([
    ["execFile('pkill', ['-f', 'node'])", 0],
    ["execSync('kill 1')", 1],
    ["spawn('rm', [], { shell: true })", 1],
    ["process.kill(node.osPid, 'SIGKILL')", 2],
    ['process.kill(pid)', 2],
    ["context.deployment.child.kill('SIGSTOP')", 3],
  ])('%s', (code, law) => {
    expect(laws.map(({ offences }, index) => (offences('harness/run/faults/new.ts', code).length > 0 ? index : null))).toContain(
      law,
    );
  });

  it('that a question to the kernel, and a signal to one’s own child, are allowed', () => {
    const own =
      "import { spawn } from 'node:child_process';\nspawn('x').kill('SIGKILL');\nprocess.kill(osPid, 0);\nPATTERN.exec(text);";
    expect(laws.flatMap(({ offences }) => offences('harness/run/faults/new.ts', own))).toEqual([]);
  });
});
