/** What is printed to where it cannot be written: said, and no verdict changed by it. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LAUNCHER } from './command-line.ts';

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

function ended(args: readonly string[], stdout: 'pipe' | number, closed: readonly ('stdout' | 'stderr')[] = []): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [LAUNCHER, ...args], { stdio: ['ignore', stdout, 'pipe'], timeout: 30_000 });
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    for (const stream of closed) child[stream]?.destroy();
    child.on('error', reject);
    child.on('exit', (code) => resolve({ code, stderr }));
  });
}

describe('an output', () => {
  test.skipIf(!existsSync('/dev/full'))('without room causes one complaint, and an exit code that says so', async () => {
    const full = openSync('/dev/full', 'w');
    const [document, refusal] = await Promise.all([ended(['schema', 'result'], full), ended(['targets', '--wibble'], full)]);
    closeSync(full);
    expect(document.code).toBe(3);
    expect(document.stderr).toMatch(/^letitcrash: stdout cannot be written: .*ENOSPC.*\n {2}write to a place that has room\n$/);
    // Nothing was to be written there.
    expect(refusal.code).toBe(2);
  });

  test('that nobody reads any more changes no exit code', async () => {
    const [seen, refused] = await Promise.all([
      ended(['schema', 'result'], 'pipe', ['stdout']),
      ended(['run', 'no-such-scenario'], 'pipe', ['stdout', 'stderr']),
    ]);
    expect(seen).toEqual({ code: 0, stderr: '' });
    expect(refused.code).toBe(2);
  });
});
