/** Ends a process whose user another node took by force, before this node delivers anything more. */
import type { Pid } from '../runtime/pid.ts';
import type { World } from './user-state.ts';

/** Ends the process that owned `user` by `epoch`, and drops what it had not written yet; does nothing when it is gone or owns it anew. */
export function evict(world: World, user: string, epoch: number, kill: (pid: Pid) => void): void {
  const resident = world.directory.find(user);
  if (resident === undefined || resident.epoch !== epoch) return;
  world.counters.evictions++;
  world.directory.bury(resident, 'taken');
  kill(resident.pid);
}
