/** On a real process: its inspector is opened, asked and closed again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cpuTree } from '../../../../harness/run/profile/call-tree.ts';
import { cpuRecording } from '../../../../harness/run/profile/cpu.ts';
import { Inspector } from '../../../../harness/run/profile/inspector.ts';
import { inspectorEnvironment, openInspector } from '../../../../harness/run/profile/open-inspector.ts';
import { ProfileError } from '../../../../harness/run/profile/profile-error.ts';

/** Strangers may write into logs as well. */
const BUSY = `
console.log('Debugger listening on ws://127.0.0.1:1/00000000-0000-0000-0000-000000000000');
function burn() { const until = performance.now() + 5; while (performance.now() < until); }
setInterval(burn, 10);
process.send('ready');`;

let folder: string;
let child: ChildProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-inspector-'));
  const log = openSync(join(folder, 'n1-1.log'), 'w');
  child = spawn(process.execPath, ['-e', BUSY], {
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...process.env, ...inspectorEnvironment() },
  });
  await once(child, 'message');
});
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit');
  rmSync(folder, { recursive: true });
});

const signal = new AbortController().signal;

it('a process is profiled without its cooperation, and nobody can inspect it afterwards', async () => {
  const address = await openInspector(child.pid as number, folder, signal);
  expect(address).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\//);
  const inspector = await Inspector.connect(address);
  let seen = '';
  const recording = await cpuRecording(inspector, async (profile) => {
    seen = JSON.stringify(cpuTree(profile));
    return { files: [], stacks: null, notes: [] };
  });
  await recording.begin();
  await expect.poll(() => inspector.evaluate('performance.now()')).toBeGreaterThan(500);
  await (await recording.end()).write(folder, 'n1');
  expect(seen).toContain('"functionName":"burn"');

  await expect(inspector.evaluate('nothing.there')).rejects.toThrow(/ReferenceError: nothing is not defined/);
  await expect(inspector.request('No.such')).rejects.toThrow(ProfileError);
  await inspector.evaluate("setTimeout(() => process.getBuiltinModule('node:inspector').close(), 0), 0");
  await expect.poll(() => inspector.open).toBe(false);
  await expect(Inspector.connect(address)).rejects.toThrow(/does not answer/);
  expect(child.exitCode).toBe(null);
});

it('a process that ends while it is asked says so, whatever was under way', async () => {
  const inspector = await Inspector.connect(await openInspector(child.pid as number, folder, signal));
  const answer = inspector.evaluate('new Promise(() => undefined)');
  child.kill('SIGKILL');
  await expect(answer).rejects.toThrow('the process ended while it was profiled');
  await expect(inspector.request('Profiler.enable')).rejects.toThrow(ProfileError);
  await once(child, 'exit');
  await expect(openInspector(child.pid as number, folder, signal)).rejects.toThrow(/ended before it could be profiled/);
});
