import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Program, toErlang } from './program.ts';

export const ERLANG_REMEDY = 'erl and erlc are not installed: apt-get install erlang-base';

export function erlangInstalled(): boolean {
  try {
    execFileSync('erl', ['-noshell', '-eval', 'halt().'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The oracle: one Erlang for many programs. */
export interface Oracle {
  readonly release: string;
  /** The trace of a program: one string a step. */
  run(program: Program): Promise<string[]>;
  close(): void;
}

/** Compile the oracle into a temporary folder and start it, on one scheduler so that fewer orders are possible. */
export function startOracle(): Oracle {
  const folder = mkdtempSync(join(tmpdir(), 'letitcrash-oracle-'));
  execFileSync('erlc', ['-o', folder, join(import.meta.dirname, 'oracle.erl')]);
  const release = execFileSync('erl', ['-noshell', '-eval', 'io:put_chars(erlang:system_info(otp_release)), halt().'], {
    encoding: 'utf8',
  });
  const flags = ['-noshell', '+S', '1:1', '-kernel', 'logger_level', 'none', '-pa', folder, '-s', 'oracle', 'main'];
  const erl = spawn('erl', flags, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  createInterface({ input: erl.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  erl.on('exit', (code) => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`the oracle ended with code ${code}`));
  });
  return {
    release,
    async run(program) {
      const line = await new Promise<string>((resolve, reject) => {
        waiting.push({ resolve, reject });
        erl.stdin.write(`${toErlang(program)}\n`);
      });
      return line.split('\t');
    },
    close() {
      erl.stdin.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
