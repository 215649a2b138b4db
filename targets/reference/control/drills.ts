/** Requests that hurt processes on purpose; the control plane has them only where the configuration says so. */
import { type ChaosMessage, canSuffer } from '../messaging/drill.ts';
import type { RunningNode } from '../running-node.ts';
import type { Pid, TreeNode } from '../runtime/index.ts';
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

/** The exit signal reaches linked processes one turn after the other; a process that is alive after this many turns did not end with it. */
const TURNS = 50;

/** exit(pid, kill) for a named process, and what became of those it had started. */
export async function killNamed(node: RunningNode, { process }: Readonly<Record<string, unknown>>): Promise<Answer> {
  if (typeof process !== 'string') return notUnderstood('the body is {"process": NAME}');
  const pid = node.runtime.whereis(process);
  if (pid === undefined) return { status: 200, body: { process, pid: null, below: 0, died: 0 } };
  const below = descendants(node.runtime.tree(Number.POSITIVE_INFINITY), pid);
  node.runtime.exit(pid, 'kill');
  const dead = (): number => below.filter((one) => !node.runtime.isAlive(one)).length;
  for (let turn = 0; turn < TURNS && dead() < below.length; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  return { status: 200, body: { process, pid: pid.toString(), below: below.length, died: dead() } };
}

/** All that `pid` started, they theirs included. */
function descendants(trees: readonly TreeNode[], pid: Pid): Pid[] {
  const all = ({ children }: TreeNode): Pid[] => children.flatMap((child) => [child.pid, ...all(child)]);
  return trees.flatMap((tree) => (tree.pid === pid ? all(tree) : descendants(tree.children, pid)));
}

const MAX_DISK_DELAY_MS = 60_000;

export function slowDisk(node: RunningNode, { delayMs }: Readonly<Record<string, unknown>>): Answer {
  if (node.configuration.durability === 'memory') return notUnderstood('with durability memory there is no disk');
  if (typeof delayMs !== 'number' || !(delayMs >= 0 && delayMs <= MAX_DISK_DELAY_MS))
    return notUnderstood(`the body is {"delayMs": 0 to ${MAX_DISK_DELAY_MS}}`);
  node.disk.delayMs = delayMs;
  return { status: 200, body: { delayMs } };
}
