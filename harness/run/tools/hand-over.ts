/** From the start of a child process to the moment when somebody holds it and will end it. */
import type { ChildProcess } from 'node:child_process';

/**
 * What `take` makes of a child that was just started. When it throws, the child is killed before the error goes on: nobody else knows of it,
 * and a child with a channel would keep this process from ending.
 */
export function handOver<Holder>(child: ChildProcess, take: () => Holder): Holder {
  try {
    return take();
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}
