/** The client in Python, at the other end of a pipe: orders in, what came of them out. And nodes started by hand, as the page says. */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PAGE = new URL('../../../targets/protocol/README.md', import.meta.url);
const CLIENT = fileURLToPath(new URL('client.py', import.meta.url));
const READY_LIMIT_MS = 60_000;

export const PYTHON_REMEDY = 'python3 is not installed: apt-get install python3';

export function pythonInstalled(): boolean {
  try {
    execFileSync('python3', ['-c', 'import hmac, json, select, socket'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** What a client knows and has seen on its present connection. */
export interface Look {
  readonly received: readonly (readonly [from: string, text: string])[];
  readonly cursor: number;
  readonly used: number;
  readonly unanswered: readonly unknown[];
  readonly renumbered: Readonly<Record<string, number>>;
  readonly moves: readonly number[];
  readonly acks: readonly number[];
  readonly nacks: readonly (readonly [id: number, code: number])[];
}

export interface PythonClients {
  /** Rejects with what Python said when the order failed. */
  order<Answer = Look>(order: Readonly<Record<string, unknown>> & { readonly do: string }): Promise<Answer>;
  close(): void;
}

export function startPython(): PythonClients {
  const python = spawn('python3', ['-u', CLIENT], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  createInterface({ input: python.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  python.on('exit', (code) => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`python3 ended with code ${code}`));
  });
  return {
    async order(order) {
      const line = await new Promise<string>((resolve, reject) => {
        waiting.push({ resolve, reject });
        python.stdin.write(`${JSON.stringify(order)}\n`);
      });
      const answer = JSON.parse(line) as { readonly error?: string };
      if (answer.error !== undefined) throw new Error(`${JSON.stringify(order)}: ${answer.error}`);
      return answer as never;
    },
    close: () => void python.kill(),
  };
}

/** The shell commands of the page under "A node by hand": one node, and two. */
export function commandsOfThePage(): readonly string[] {
  const [, byHand = ''] = readFileSync(PAGE, 'utf8').split('## A node by hand');
  return [...byHand.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, command]) => command as string);
}

export interface HandStarted {
  /** What each node wrote when it served, in the order in which they did. */
  readonly ready: readonly { readonly port: number; readonly httpPort: number }[];
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Types a command of the page into a shell, as it stands there, and waits until `nodes` nodes say that they serve. */
export async function byHand(command: string, env: Readonly<Record<string, string>>, nodes: number): Promise<HandStarted> {
  const shell = spawn('sh', ['-c', command], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    // A group of its own, so that the shell and what it started end together.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => shell.on('close', () => resolve()));
  const ready: { port: number; httpPort: number }[] = [];
  const end = (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    try {
      process.kill(-(shell.pid as number), signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    return ended;
  };
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      void end('SIGKILL');
      reject(new Error(`${ready.length} of ${nodes} nodes serve after ${READY_LIMIT_MS} ms`));
    }, READY_LIMIT_MS);
    createInterface({ input: shell.stdout }).on('line', (line) => {
      ready.push(JSON.parse(line) as (typeof ready)[number]);
      if (ready.length < nodes) return;
      clearTimeout(timer);
      resolve();
    });
    shell.on('close', (code) => {
      clearTimeout(timer);
      reject(new Error(`the command of the page ended with code ${code}`));
    });
  });
  return { ready, end };
}
