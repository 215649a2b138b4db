/** Plays command lines in this process: their words, their exit code, and not the start of a process for each. */
import { vi } from 'vitest';
import { main } from '../../../../harness/front/cli/main.ts';
import type { Outcome } from './command-line.ts';

/** Of a command line that ends by itself and starts nothing; one at a time. */
export async function played(args: readonly string[]): Promise<Outcome> {
  const said = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((chunk) => {
      said[stream] += String(chunk);
      return true;
    }),
  );
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await main(args);
    return { code: Number(process.exitCode ?? 0), ...said };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}
