/** Servers that do not start, and what is said of them; and what a server runs on. Real processes, all of them. */
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandLine, CommandTargetOptions } from '../../../targets/command/command-options.ts';
import { commandTarget } from '../../../targets/command/command-target.ts';
import type { Deployment } from '../../../targets/target.ts';

let folder = '';
let started: Deployment | null = null;
// Test files run in several processes at once; loopback addresses must not meet.
let next = 1 + (process.pid % 200);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-command-'));
});
afterEach(async () => {
  await started?.stop();
  started = null;
  rmSync(folder, { recursive: true, force: true });
});

async function start(line: CommandLine, options: Partial<CommandTargetOptions> = {}): Promise<Deployment> {
  const target = commandTarget({
    name: 'server',
    summary: 'a server of somebody else',
    driver: 'websocket',
    durabilities: ['memory'],
    readyWithinMs: 10_000,
    command: ({ host, port }) => ({
      ...line,
      args: line.args.map((word) => word.replace('HOST', host).replace('PORT', String(port))),
    }),
    ...options,
  });
  started = await target.start({
    nodes: 1,
    durability: 'memory',
    dataDir: join(folder, 'data'),
    logDir: folder,
    deployment: next++,
    config: {},
    via: null,
    env: {},
  });
  return started;
}

async function refusal(line: CommandLine): Promise<string> {
  return start(line).then(
    () => 'it started',
    (error: Error) => error.message,
  );
}

const LISTEN = ['-e', 'require("net").createServer().listen(Number("PORT"), "HOST")'];

describe('a server that does not start', () => {
  it('is said not to be installed when there is no such program', async () => {
    expect(await refusal({ file: 'no-such-broker-anywhere', args: [] })).toMatch(
      /could not be started: there is no program "no-such-broker-anywhere"\n {2}install it, or give its whole path/,
    );
    expect(await refusal({ file: join(folder, 'broker'), args: [] })).toContain(
      `there is no program "${join(folder, 'broker')}"`,
    );
  });

  it('is said to have no folder when its working directory is missing', async () => {
    const missing = join(folder, 'missing');
    expect(await refusal({ args: LISTEN, folder: missing })).toContain(`its folder "${missing}" does not exist`);
  });

  it('is said not to be executable, or to lack its interpreter', async () => {
    const script = join(folder, 'broker');
    writeFileSync(script, '#!/no/such/interpreter\n', { mode: 0o644 });
    expect(await refusal({ file: script, args: [] })).toContain('is not an executable file');
    chmodSync(script, 0o755);
    expect(await refusal({ file: script, args: [] })).toContain('the interpreter that the first line of');
  });

  it('has its exit code or signal told, and what it printed, or that it printed nothing', async () => {
    expect(await refusal({ args: ['-e', 'console.log("no licence"); process.exit(3)'] })).toMatch(
      /^server ended \(exit 3\) before its port \S+ answered: it printed: no licence/,
    );
    expect(await refusal({ args: ['-e', 'process.exit(4)'] })).toMatch(
      /ended \(exit 4\) before its port \S+ answered: it printed nothing/,
    );
    expect(await refusal({ args: ['-e', 'process.kill(process.pid, "SIGKILL")'] })).toMatch(/ended \(SIGKILL\)/);
  });
});

describe('what a server runs on', () => {
  it('is its own program where it names one, and the Node that runs it where it names none', async () => {
    expect((await start({ args: LISTEN })).target.runtime).toBe(`node ${process.versions.node}`);
    await started?.stop();
    const broker = join(folder, 'broker');
    symlinkSync(process.execPath, broker);
    expect((await start({ file: broker, args: LISTEN })).target.runtime).toBe('broker');
    await started?.stop();
    expect((await start({ args: LISTEN }, { runtime: 'BEAM 25' })).target.runtime).toBe('BEAM 25');
  });
});
