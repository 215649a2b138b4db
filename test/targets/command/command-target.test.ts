/** Servers that do not start, and what is said of them; and what a server runs on. Real processes, all of them. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandLine, CommandTargetOptions } from '../../../targets/command/command-options.ts';
import { commandTarget } from '../../../targets/command/command-target.ts';
import type { Deployment } from '../../../targets/target.ts';
import { deploymentSpec } from '../deployment-spec.ts';

let folder = '';
let started: Deployment | null = null;
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
  started = await target.start(deploymentSpec(folder, { logDir: folder }));
  return started;
}

async function refusal(line: CommandLine, options: Partial<CommandTargetOptions> = {}): Promise<string> {
  return start(line, options).then(
    () => 'it started',
    (error: Error) => error.message,
  );
}

const LISTEN = ['-e', 'require("net").createServer().listen(Number("PORT"), "HOST")'];

describe('a server that does not start', () => {
  it('has its exit reported, and the port on which nobody answered', async () => {
    expect(await refusal({ args: ['-e', 'console.log("no licence"); process.exit(3)'] })).toMatch(
      /^server ended \(exit 3\) before its port 127\.\S+:\d+ answered: it printed: no licence/,
    );
  });

  it('in time is told which port it must use, together with what it printed', async () => {
    const line = { args: ['-e', 'console.log("listens elsewhere"); setInterval(() => {}, 1000)'] };
    expect(await refusal(line, { readyWithinMs: 2_000 })).toMatch(
      /^server does not answer on 127\.\S+:\d+ after 2000 ms; it printed: listens elsewhere\n {2}it must listen on the host and the port/,
    );
  });

  it('because of its folder, or at all, is reported by name', async () => {
    expect(await refusal({ file: 'no-such-broker-anywhere', args: [] })).toMatch(
      /^server could not be started: there is no program/,
    );
    const missing = join(folder, 'missing');
    expect(await refusal({ args: LISTEN, folder: missing })).toContain(`its folder "${missing}" does not exist`);
  });
});

describe('the runtime of a server', () => {
  it('is its own program if it names one, and otherwise the Node that runs it', async () => {
    expect((await start({ args: LISTEN })).target.runtime).toBe(`node ${process.versions.node}`);
    await started?.stop();
    const broker = join(folder, 'broker');
    symlinkSync(process.execPath, broker);
    expect((await start({ file: broker, args: LISTEN })).target.runtime).toBe('broker');
    await started?.stop();
    expect((await start({ args: LISTEN }, { runtime: 'BEAM 25' })).target.runtime).toBe('BEAM 25');
  });
});
