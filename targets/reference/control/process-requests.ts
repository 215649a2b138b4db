/** Requests about processes: the list, one user's, and the end of one. */
import type { RunningNode } from '../running-node.ts';
import { type Answer, notUnderstood, wholeNumber } from './answer.ts';
import { listedProcess, type ProcessSort, processList, SORTS } from './views.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 10_000;

export function processes(node: RunningNode, query: URLSearchParams): Answer {
  const name = query.get('name');
  if (name !== null) return { status: 200, body: { name, pid: node.runtime.whereis(name)?.toString() ?? null } };
  const user = query.get('user');
  if (user !== null) return userProcess(node, user);
  const sort = query.get('sort') ?? 'reductions';
  if (!Object.hasOwn(SORTS, sort)) return notUnderstood(`sort: ${sort} is none of ${Object.keys(SORTS).join(', ')}`);
  const limit = wholeNumber(query.get('limit') ?? String(DEFAULT_LIMIT), MAX_LIMIT);
  if (limit === null) return notUnderstood(`limit: ${query.get('limit')} is not a whole number up to ${MAX_LIMIT}`);
  return { status: 200, body: processList(node, sort as ProcessSort, limit) };
}

function userProcess(node: RunningNode, user: string): Answer {
  const resident = node.directory.find(user);
  const details = resident === undefined ? undefined : node.runtime.details(resident.pid);
  if (resident === undefined || details === undefined) return { status: 404, body: { user, alive: false } };
  const { pid, connections } = resident;
  const body = { user, alive: true, pid: pid.toString(), connections: connections.length, details: listedProcess(node, details) };
  return { status: 200, body };
}

export function killUser(node: RunningNode, { user }: Readonly<Record<string, unknown>>): Answer {
  if (typeof user !== 'string') return notUnderstood('the body is {"user": NAME}');
  const resident = node.directory.find(user);
  const killed = resident !== undefined && node.runtime.exit(resident.pid, 'kill');
  return { status: 200, body: { user, killed, pid: killed ? resident.pid.toString() : null } };
}
