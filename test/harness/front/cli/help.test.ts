import { afterEach, describe, expect, test, vi } from 'vitest';
import { main } from '../../../../harness/front/cli/main.ts';

const EVERY_FLAG = ['--json', '--out', '--seed', '--quiet', '--set'];
/** The common flags that do something there. */
const LISTED: Readonly<Record<string, readonly string[]>> = {
  run: EVERY_FLAG,
  explore: EVERY_FLAG,
  replay: EVERY_FLAG,
  compare: EVERY_FLAG,
  gate: EVERY_FLAG,
  profile: EVERY_FLAG,
  diff: ['--json', '--out'],
  report: ['--json', '--out'],
  history: ['--json'],
  'history add': ['--json'],
  'history show': ['--json'],
  import: ['--json', '--out'],
  export: ['--json', '--out', '--seed', '--set'],
  targets: ['--json'],
  scenarios: ['--json'],
  schema: [],
  doctor: ['--json', '--seed', '--quiet', '--set'],
  init: ['--json', '--out'],
  observe: ['--json'],
  heal: ['--json'],
  open: ['--json'],
  prune: ['--json'],
};

/** What a command line prints, in this process: nothing is started for help. */
async function printed(args: readonly string[]): Promise<string> {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  await main(args);
  expect(process.exitCode ?? 0).toBe(0);
  return text;
}

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  process.stdout.removeAllListeners('error');
});

describe('help', () => {
  test.each(Object.entries(LISTED))('for %s gives an example, and lists the common flags that apply', async (command, flags) => {
    const text = await printed([...command.split(' '), '--help']);
    expect(text).toMatch(new RegExp(`\\n +.*letitcrash ${command}`));
    const [, listed = ''] = text.split('Global Options:');
    expect(EVERY_FLAG.filter((flag) => new RegExp(`^ +${flag}\\b`, 'm').test(listed))).toEqual(flags);
    expect(listed).not.toContain('--version');
  });

  test('is tested for every command', async () => {
    const [, commands = ''] = (await printed(['--help'])).split(/^(?:Commands|Examples?):/m);
    const names = [...commands.matchAll(/^ {2}([a-z-]+)[ \n]/gm)].map(([, name]) => name).filter((name) => name !== 'help');
    expect(names.toSorted()).toEqual(
      Object.keys(LISTED)
        .filter((name) => !name.includes(' '))
        .toSorted(),
    );
  });

  test('offers a choice of one only for init', async () => {
    for (const command of Object.keys(LISTED).filter((name) => name !== 'init'))
      expect(await printed([...command.split(' '), '--help'])).not.toMatch(/choices: "[^"]+"\)/);
  });

  test('for the whole program lists each common flag, and every command takes them all, wherever they stand', async () => {
    const text = await printed(['--help']);
    for (const flag of EVERY_FLAG) expect(text).toContain(flag);
    const given = ['--seed', '7', '--quiet', '--set', 'users=1', '--out', 'nowhere', '--json'];
    expect(JSON.parse(await printed(['schema', 'scenario', ...given]))).toMatchObject({ type: 'object' });
  });
});
