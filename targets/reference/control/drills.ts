/** Requests that hurt processes on purpose; the control plane has them only where the configuration says so. */
import { type ChaosMessage, canSuffer } from '../messaging/drill.ts';
import type { RunningNode } from '../node.ts';
import { type Answer, notUnderstood } from './answer.ts';

export function runAway(node: RunningNode, { user }: Readonly<Record<string, unknown>>): Answer {
  if (typeof user !== 'string') return notUnderstood('the body is {"user": NAME}');
  const resident = node.directory.find(user);
  const message: ChaosMessage = { type: 'chaos', act: 'spin' };
  const told = resident !== undefined && node.runtime.send(resident.pid, message);
  return { status: 200, body: { user, told, pid: told ? resident.pid.toString() : null } };
}

export function poison(node: RunningNode, { process }: Readonly<Record<string, unknown>>): Answer {
  if (typeof process !== 'string') return notUnderstood('the body is {"process": NAME}');
  const pid = node.runtime.whereis(process);
  const behaviour = pid === undefined ? undefined : node.runtime.details(pid)?.behaviour;
  if (behaviour !== undefined && !canSuffer(behaviour))
    return notUnderstood(`process: ${process} takes no poison; it is a ${behaviour}`);
  const message: ChaosMessage = { type: 'chaos', act: 'crash' };
  const told = pid !== undefined && node.runtime.send(pid, message);
  return { status: 200, body: { process, told, pid: told ? pid.toString() : null } };
}
