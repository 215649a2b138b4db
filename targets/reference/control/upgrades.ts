/** Requests about the running code: move it to another release, and purge code that no process runs any more. */
import type { RunningNode } from '../running-node.ts';
import { type Answer, notUnderstood } from './answer.ts';
import { reasonText } from './views.ts';

export function upgrade(node: RunningNode, { release }: Readonly<Record<string, unknown>>): Answer | Promise<Answer> {
  const { releases } = node;
  if (typeof release !== 'string' || !releases.has(release)) {
    const names = releases.releases.map(({ name }) => name);
    return notUnderstood(`release: ${JSON.stringify(release)} is none of ${names.join(', ')}`);
  }
  return new Promise((resolve) => {
    releases.install(release, (outcome) => {
      const { kind, migrated, leftOnOld, durationMs } = outcome;
      const reason = outcome.reason === null ? null : reasonText(outcome.reason);
      const body = { release, outcome: kind, migrated, leftOnOld, durationMs, reason, module: outcome.module, pid: outcome.pid };
      resolve({ status: kind === 'upgraded' ? 200 : 409, body });
    });
  });
}

export function purge(node: RunningNode, { module }: Readonly<Record<string, unknown>>): Answer {
  if (typeof module !== 'string') return notUnderstood('the body is {"module": NAME}');
  const purged = node.runtime.softPurge(module);
  return { status: purged ? 200 : 409, body: { module, purged } };
}
