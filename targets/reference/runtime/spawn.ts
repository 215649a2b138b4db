import type { AnyBehaviour } from './behaviour.ts';
import { RuntimeError } from './exit-reason.ts';
import type { Kernel } from './kernel.ts';
import type { Pid } from './pid.ts';
import type { Process } from './process.ts';

/** What a process is made of. */
export interface SpawnSpec {
  readonly behaviour: AnyBehaviour;
  /** For its `init`. */
  readonly args: unknown;
  /** Who spawns it; null for the outer world. */
  readonly parent: Pid | null;
}

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
export function spawnProcess(kernel: Kernel, spec: SpawnSpec, options: SpawnOptions | undefined): Process {
  if (options === undefined) return kernel.spawn(spec);
  const { name, under } = options;
  if (name !== undefined && kernel.registry.whereis(name) !== undefined) {
    throw new RuntimeError('badarg', `spawn: the name ${name} is taken`);
  }
  const process = kernel.spawn(under === undefined ? spec : { ...spec, parent: under });
  if (name !== undefined) kernel.registry.register(name, process);
  if (under !== undefined) {
    const supervisor = kernel.local(under);
    if (supervisor === undefined) {
      kernel.signals.end(process, 'noproc');
    } else {
      kernel.signals.link(supervisor, process);
      kernel.deliver(supervisor, { type: 'adopt', pid: process, args: spec.args } satisfies AdoptMessage);
    }
  }
  return process;
}
