/** What happens between the start of a child process and the moment when an object owns it and will end it. */
import type { ChildProcess } from 'node:child_process';

/**
 * Returns what `take` makes of a child that was just started. If `take` throws, the child is killed before the error is thrown on: nothing else
 * knows of the child, and one with a channel would keep this process from ending.
 */
export function handOver<Holder>(child: ChildProcess, take: () => Holder): Holder {
  try {
    return take();
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}
