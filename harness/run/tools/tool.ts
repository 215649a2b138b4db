/** Runs git, npm or a build, without a shell. What was started is ended with everything that it started, whatever happens. */
import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { outsideText } from '../../evidence/result/printable.ts';
import { ToolError } from './tool-error.ts';
import { toolReason } from './tool-reason.ts';

export interface ToolRun {
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly limitMs: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** What is kept of stdout, and of the beginning and the end of everything for a message. */
const MAX_STDOUT_CHARS = 1024 * 1024;
const HEAD_CHARS = 8_000;
const TAIL_CHARS = 2_000;
const GRACE_MS = 2_000;
/** Where git and npm believe they are run from: true of this process, not of the folder they are to work in. */
const MISLEADING =
  /^(?:GIT_(?!SSH|ASKPASS|CONFIG|TERMINAL|TRACE).*|npm_(?:lifecycle|package|command|node_execpath).*|npm_config_local_prefix|INIT_CWD)$/;

/**
 * Runs a program to its end; resolves to its stdout.
 * @throws ToolError if it is missing, fails or takes too long; the signal's reason when aborted.
 */
export async function runTool(words: readonly [string, ...string[]], run: ToolRun): Promise<string> {
  run.signal.throwIfAborted();
  const [program, ...args] = words;
  // A separate process group, so that what npm or a build started ends with it.
  const child = spawn(program, args, {
    cwd: run.cwd,
    env: environment(run.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const end = (signal: 'SIGTERM' | 'SIGKILL'): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // The whole group is already gone.
    }
  };
  const killNow = (): void => end('SIGKILL');
  let grace: NodeJS.Timeout | undefined;
  const stop = (): void => {
    end('SIGTERM');
    grace ??= setTimeout(killNow, GRACE_MS);
  };
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    stop();
  }, run.limitMs);
  run.signal.addEventListener('abort', stop, { once: true });
  process.once('exit', killNow);
  let stdout = '';
  let head = '';
  let tail = '';
  const keep = (chunk: string): void => {
    const room = HEAD_CHARS - head.length;
    head += chunk.slice(0, room);
    tail = (tail + chunk.slice(room)).slice(-TAIL_CHARS);
  };
  try {
    const outcome = await new Promise<number | string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? signal ?? 'nothing'));
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        if (stdout.length < MAX_STDOUT_CHARS) stdout += chunk;
        keep(chunk);
      });
      child.stderr.setEncoding('utf8').on('data', keep);
    });
    run.signal.throwIfAborted();
    if (outcome === 0) return stdout;
    const how = late ? `did not end within ${Math.round(run.limitMs / 1000)} s` : `ended with ${outcome}`;
    throw new ToolError(`${outsideText(words.join(' '))} ${how}, in ${run.cwd}${toolReason(head + tail)}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new ToolError(`${program} cannot be started\n  install it, or put it on the PATH`);
    throw error;
  } finally {
    clearTimeout(limit);
    clearTimeout(grace);
    run.signal.removeEventListener('abort', stop);
    process.off('exit', killNow);
    killNow();
  }
}

/** npm as the words that start it: the one that started us, on this Node, where there is one. */
export function npm(...args: readonly string[]): readonly [string, ...string[]] {
  const script = process.env.npm_execpath;
  return script?.endsWith('npm-cli.js') ? [process.execPath, script, ...args] : ['npm', ...args];
}

function environment(extra: ToolRun['env']): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !MISLEADING.test(name));
  // What is built is built by the Node that will run it.
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`;
  return { ...Object.fromEntries(own), PATH: path, ...extra };
}
