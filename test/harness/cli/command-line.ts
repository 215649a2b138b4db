/** Runs whole commands as child processes, as a user would. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../../harness/cli/letitcrash.js', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 50_000;

/** Plays a command line to its end with this Node, or with the one given. */
export function letitcrash(args: readonly string[], node = process.execPath): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [LAUNCHER, ...args], { timeout: TIMEOUT_MS, env: { ...process.env, NO_COLOR: '1' } });
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
