import type { AnyBehaviour } from './behaviour.ts';
import { RuntimeError } from './exit-reason.ts';
import type { Kernel } from './kernel.ts';
import type { Pid } from './pid.ts';
import type { Process } from './process.ts';

export interface SpawnOptions {
  /** Link the new process to the spawner, at once. */
  readonly link?: boolean;
  /** Register the new process, before it runs. Throws `badarg` when the name is taken. */
  readonly name?: string;
  /** Make it a dynamic child of this supervisor (simple_one_for_one): linked to it, restarted and stopped by it. */
  readonly under?: Pid;
}

/** What a started process told its starter. */
export type StartResult = { readonly started: Pid } | 'ignore';

/** A dynamic child joined a supervisor by `under`; the supervisor learns of it before it can learn of its end. */
export interface AdoptMessage {
  readonly type: 'adopt';
  readonly pid: Pid;
  readonly args: unknown;
}

/** Spawn with a name and under a supervisor. A dead supervisor means a child that dies at once, with `noproc`. */
export function spawnProcess(
  kernel: Kernel,
  behaviour: AnyBehaviour,
  args: unknown,
  parent: Process | null,
  options: SpawnOptions | undefined,
): Process {
  if (options === undefined) return kernel.spawn(behaviour, args, parent);
  const { name, under } = options;
  if (name !== undefined && kernel.registry.whereis(name) !== undefined) {
    throw new RuntimeError('badarg', `spawn: the name ${name} is taken`);
  }
  const process = kernel.spawn(behaviour, args, under ?? parent);
  if (name !== undefined) kernel.registry.register(name, process);
  if (under !== undefined) {
    const supervisor = kernel.local(under);
    if (supervisor === undefined) {
      kernel.signals.end(process, 'noproc');
    } else {
      kernel.signals.link(supervisor, process);
      kernel.deliver(supervisor, { type: 'adopt', pid: process, args } satisfies AdoptMessage);
    }
  }
  return process;
}
