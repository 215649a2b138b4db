/** The run that an exploration repeats, as a scenario: a small load for two seconds, with users coming and going. Pure. */
import type { Target } from '../../../targets/target.ts';
import { moduleLabel } from '../../plan/own-server/module-path.ts';
import { pathText } from '../../plan/scenario/problem.ts';
import type { ScenarioSource } from '../../plan/scenario/source.ts';

/**
 * `use` is the path of a user's file if the target comes from one. Planned like any other scenario, so that `--set` works on it and
 * mistakes are reported as usual. Some users are away at any time and come back: queues, resuming and takeovers are where promises get
 * broken.
 */
export function explorationScenario(
  target: Pick<Target, 'name' | 'durabilities'>,
  nodes: number,
  use: string = target.name,
): ScenarioSource {
  const data = {
    name: `explored-${moduleLabel(use)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')}`,
    target: { use, nodes, durability: target.durabilities[0] },
    users: 60,
    load: {
      model: 'poisson',
      rate: '300/s',
      duration: '2s',
      payload: '64B',
      contacts: 5,
      churn: '20%/s',
      away: '500ms',
      receipts: '50%',
      // Users who hear nothing for long must go elsewhere within these two seconds, while the silent node may still believe that it serves
      // them.
      keepalive: '250ms',
      workers: 1,
    },
    expect: { delivery: 'intact' },
    // How late the generator is does not matter, only what became of the messages.
    limits: { lag: '10s', drain: '15s', connect: '15s' },
  };
  return {
    given: 'explore',
    file: 'explore',
    sha256: '',
    summary: 'a short run of exploration',
    data,
    locate: (path) => ({ file: 'explore', line: null, column: null, path: pathText(path), override: null }),
  };
}
