/** The life of a node that is one OS process: every rule of it, on real processes of a few lines. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OwnedNode } from '../../targets/owned-node.ts';
import { type OwnedProcess, type Program, saysReady } from '../../targets/owned-process.ts';
import { deploymentSpec } from './deployment-spec.ts';

const READY = 'process.send("ready"); setInterval(() => {}, 1000);';
const DEAF = `process.on("SIGTERM", () => {}); ${READY}`;
const LIMIT_MS = 20_000;
/** Far longer than any end here takes, and no test waits for it. */
const LONG_GRACE_MS = 60_000;

let folder = '';
const nodes: ScriptNode[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letitcrash-life-'));
});
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.kill()));
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a line of JavaScript, or a program; ready when it says so. */
class ScriptNode extends OwnedNode {
  readonly endpoint = { host: this.host, port: 1, path: '/' };
  readonly meshEndpoint = null;
  readonly #program: Partial<Program>;
  readonly #limitMs: number;

  constructor(program: string | Partial<Program>, { limitMs = LIMIT_MS, stopGraceMs = LONG_GRACE_MS, index = 0 } = {}) {
    super(deploymentSpec(folder, { dataDir: folder, logDir: folder }), { index, stopGraceMs });
    this.#program = typeof program === 'string' ? { args: ['-e', program] } : program;
    this.#limitMs = limitMs;
    nodes.push(this);
  }

  protected program(): Program {
    return { args: [], env: process.env, ...this.#program };
  }

  protected async serves(owned: OwnedProcess): Promise<void> {
    await owned.ready(
      saysReady((message) => (message === 'ready' ? true : null)),
      this.#limitMs,
    );
  }
}

async function started(script: string, options?: { readonly stopGraceMs?: number }): Promise<ScriptNode> {
  const node = new ScriptNode(script, options);
  await node.start();
  return node;
}

function refusal(node: ScriptNode): Promise<string> {
  return node.start().then(
    () => 'it started',
    (error: Error) => error.message,
  );
}

function isThere(osPid: number): boolean {
  try {
    process.kill(osPid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A field of /proc/<pid>/stat, counted after the command: 0 is the state, 2 the process group. */
function kernelField(osPid: number, field: number): string {
  const text = readFileSync(`/proc/${osPid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[field] as string;
}

describe('a node that starts', () => {
  test('is starting until its process says that it serves, and then ready', async () => {
    const node = new ScriptNode(`process.send("not yet"); process.on("message", () => process.send("ready"));`, { index: 1 });
    expect([node.name, node.state, node.osPid, node.incarnation]).toEqual(['n2', 'dead', null, 0]);
    const start = node.start();
    expect([node.state, node.incarnation]).toEqual(['starting', 1]);
    expect(isThere(node.osPid as number)).toBe(true);
    await node.kill();
    await expect(start).rejects.toThrow('node n2 ended (SIGKILL) before it was ready: it printed nothing');
    const other = await started(READY);
    expect(other.state).toBe('ready');
  });

  test('writes what it prints to a log of its own each time', async () => {
    const node = await started(`console.log("out", process.pid); console.error("err"); ${READY}`);
    const first = node.osPid;
    await node.kill();
    await node.restart();
    expect(readFileSync(join(folder, 'n1-1.log'), 'utf8')).toBe(`out ${first}\nerr\n`);
    expect(readFileSync(join(folder, 'n1-2.log'), 'utf8')).toBe(`out ${node.osPid}\nerr\n`);
  });

  test.skipIf(process.platform !== 'linux')(
    'is in a process group of its own, which a terminal’s Ctrl-C does not reach',
    async () => {
      const { osPid } = await started(READY);
      expect(kernelField(osPid as number, 2)).toBe(String(osPid));
    },
  );
});

describe('a node that does not become ready', () => {
  test.each([
    ['console.log("no licence"); process.exit(3)', 'node n1 ended (exit 3) before it was ready: it printed: no licence'],
    ['process.exit(4)', 'node n1 ended (exit 4) before it was ready: it printed nothing'],
    ['process.kill(process.pid, "SIGKILL")', 'node n1 ended (SIGKILL) before it was ready: it printed nothing'],
  ])('because it exits has its exit and its output reported: %s', async (script, message) => {
    const node = new ScriptNode(script);
    expect(await refusal(node)).toBe(message);
    expect([node.state, node.osPid]).toEqual(['dead', null]);
  });

  test('has the most telling line of its log quoted, and is told where the others are', async () => {
    const log = join(folder, 'n1-1.log');
    expect(await refusal(new ScriptNode('console.log("begins"); null.x'))).toMatch(
      /before it was ready: it printed: TypeError: Cannot read properties of null \(reading 'x'\) \(.+ has the rest\)$/,
    );
    expect(readFileSync(log, 'utf8')).toContain('begins');
    expect(await refusal(new ScriptNode('console.log("one"); console.log("two"); process.exit(1)'))).toMatch(
      new RegExp(`it printed: two \\(${log} has the rest\\)$`),
    );
  });

  test('in time is killed, and its output is quoted', async () => {
    const node = new ScriptNode('setInterval(() => {}, 1000);', { limitMs: 50 });
    const start = refusal(node);
    const osPid = node.osPid as number;
    expect(await start).toBe('node n1 was not ready within 50 ms; it printed nothing');
    await node.kill();
    expect(isThere(osPid)).toBe(false);
  });

  test('leaves no process behind, whatever failed', async () => {
    class Failing extends ScriptNode {
      protected override serves(): Promise<void> {
        return Promise.reject(new Error('something else'));
      }
    }
    const node = new Failing(READY);
    const start = refusal(node);
    const osPid = node.osPid as number;
    expect(await start).toBe('something else');
    await expect.poll(() => isThere(osPid), { timeout: LIMIT_MS }).toBe(false);
  });

  test('is reported as not installed if there is no such program', async () => {
    expect(await refusal(new ScriptNode({ file: 'no-such-broker-anywhere' }))).toBe(
      'node n1 could not be started: there is no program "no-such-broker-anywhere"\n  install it, or give its full path',
    );
    expect(await refusal(new ScriptNode({ file: join(folder, 'broker') }))).toContain(`no program "${join(folder, 'broker')}"`);
  });

  test('is reported as having no folder if its working directory is missing', async () => {
    const missing = join(folder, 'missing');
    expect(await refusal(new ScriptNode({ args: ['-e', READY], folder: missing }))).toContain(
      `its folder "${missing}" does not exist`,
    );
  });

  test('is reported as not executable, or as lacking its interpreter', async () => {
    const file = join(folder, 'broker');
    writeFileSync(file, '#!/no/such/interpreter\n', { mode: 0o644 });
    expect(await refusal(new ScriptNode({ file }))).toContain('is not an executable file');
    chmodSync(file, 0o755);
    expect(await refusal(new ScriptNode({ file }))).toContain('the interpreter that the first line of');
  });
});

describe('a node that ends', () => {
  test('by itself, or because somebody else ended it, is recognised as dead', async () => {
    const node = await started(READY);
    process.kill(node.osPid as number, 'SIGKILL');
    await expect.poll(() => node.state, { timeout: LIMIT_MS }).toBe('dead');
    expect(node.osPid).toBeNull();
  });

  test('by kill is reaped when that resolves, even if it handles no signal', async () => {
    const node = await started(DEAF);
    const osPid = node.osPid as number;
    await node.kill();
    expect([node.state, isThere(osPid)]).toEqual(['dead', false]);
    await node.kill();
  });

  test('by leave hears SIGTERM first, and is leaving meanwhile', async () => {
    const node = await started(`process.on("SIGTERM", () => { console.log("goodbye"); process.exit(0); }); ${READY}`);
    const left = node.leave();
    expect(node.state).toBe('leaving');
    await left;
    expect([node.state, readFileSync(join(folder, 'n1-1.log'), 'utf8')]).toEqual(['dead', 'goodbye\n']);
    await node.leave();
  });

  test('by leave is killed if it has not ended after its grace period', async () => {
    const node = await started(DEAF, { stopGraceMs: 50 });
    await node.leave();
    expect(node.state).toBe('dead');
  });

  test('can be started again, and only then', async () => {
    const node = await started(READY);
    await expect(node.restart()).rejects.toThrow('node n1 is ready; only a dead node can be restarted');
    const first = node.osPid;
    await node.kill();
    await node.restart();
    expect([node.state, node.incarnation]).toEqual(['ready', 2]);
    expect(node.osPid).not.toBe(first);
  });
});

// It is the kernel's own word that is asked for, and /proc has it.
describe.skipIf(process.platform !== 'linux')('a node that is paused', () => {
  test('counts as paused when the kernel shows it stopped, and goes on when resumed', async () => {
    const node = await started(READY);
    const osPid = node.osPid as number;
    await node.resume();
    expect(node.state).toBe('ready');
    await node.pause();
    expect([node.state, kernelField(osPid, 0), node.osPid]).toEqual(['paused', 'T', osPid]);
    await node.resume();
    expect([node.state, node.osPid]).toEqual(['ready', osPid]);
    await expect.poll(() => kernelField(osPid, 0), { timeout: LIMIT_MS }).not.toBe('T');
  });

  test.each(['kill', 'leave'] as const)('can be ended by %s, and cannot be paused any more', async (how) => {
    const node = await started(READY);
    await node.pause();
    const ended = node[how]();
    expect(node.state).toBe(how === 'leave' ? 'leaving' : 'paused');
    await ended;
    expect(node.state).toBe('dead');
    await expect(node.pause()).rejects.toThrow('node n1 is dead; only a live one can be paused');
    await node.restart();
    expect(node.state).toBe('ready');
  });

  test('must have been started before', async () => {
    await expect(new ScriptNode(READY).pause()).rejects.toThrow('node n1 was never started');
  });
});
