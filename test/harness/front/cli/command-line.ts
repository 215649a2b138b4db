/** Runs whole commands as child processes, as a user would. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const LAUNCHER = fileURLToPath(new URL('../../../../harness/front/cli/letitcrash.js', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 50_000;

export interface CommandOptions {
  /** The Node that starts it: this one where none is given. */
  readonly node?: string;
  /** Beyond this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

/** Plays a command line to its end. */
export function letitcrash(args: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  const { node = process.execPath, env, cwd, timeoutMs = TIMEOUT_MS } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(node, [LAUNCHER, ...args], { timeout: timeoutMs, cwd, env: { ...process.env, NO_COLOR: '1', ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
