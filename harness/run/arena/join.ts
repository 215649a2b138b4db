/** Enters the network of an arena that another process holds open, in order to observe what runs there. */
import { spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { ToldError } from '../../evidence/result/told-error.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

/** Why it cannot be joined, in words. */
export class JoinError extends ToldError {
  override readonly name = 'JoinError';
}

/** Whether this process is already in the arena's network. @throws JoinError if the arena is gone or belongs to another user. */
export function isInNetworkOf(arena: ProcessIdentity): boolean {
  if (!isAlive(arena)) throw new JoinError('the run is over and its arena is gone\n  observe a run that is still going');
  try {
    return readlinkSync(`/proc/${arena.pid}/ns/net`) === readlinkSync('/proc/self/ns/net');
  } catch (error) {
    throw new JoinError(
      `the arena of process ${arena.pid} cannot be entered (${(error as NodeJS.ErrnoException).code})\n  it must be a run of this user`,
    );
  }
}

/** Starts this command again in the arena's network; resolves with its exit code. @throws JoinError */
export function joinNetworkOf({ pid }: ProcessIdentity): Promise<number> {
  const args = ['--target', String(pid), '--user', '--net', '--preserve-credentials', process.execPath, ...process.execArgv];
  const child = spawn('nsenter', [...args, ...process.argv.slice(1)], { stdio: 'inherit' });
  // A terminal signals both processes; the other one decides.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  const passOn = (): void => void child.kill('SIGTERM');
  process.on('SIGTERM', passOn);
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new JoinError(
          error.code === 'ENOENT' ? 'nsenter is not installed\n  it is in the Debian package util-linux' : error.message,
        ),
      ),
    );
    child.once('exit', (code, signal) => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', passOn);
      resolve(code ?? 128 + (signal === null ? 1 : constants.signals[signal]));
    });
  });
}
