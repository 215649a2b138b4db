import { describe, expect, test } from 'vitest';
import { application } from '../../../../targets/reference/runtime/index.ts';
import { createSupervised } from './supervised.ts';

describe('application', () => {
  const started = (starts: readonly ('ok' | 'fail')[] = ['ok']) => {
    const sup = createSupervised();
    const app = application({
      name: 'app',
      start: (ids: string[]) => ({ strategy: 'one_for_one', intensity: 0, children: ids.map((id) => sup.child(id, { starts })) }),
      prepStop: () => void sup.log.push('prep stop'),
      stop: () => void sup.log.push('stopped'),
    });
    const pid = sup.runtime.spawn(app, ['a', 'b']);
    let ended: unknown;
    sup.runtime.monitor(pid, (reason) => {
      ended = reason;
    });
    sup.platform.settle();
    return { sup, pid, ended: () => ended };
  };

  test('it starts its tree, and stops it in order: prep_stop, the children in reverse, stop', () => {
    const { sup, pid, ended } = started();
    sup.runtime.exit(pid, 'shutdown');
    sup.platform.settle();
    expect(sup.log).toEqual(['start a', 'start b', 'prep stop', 'stop b shutdown', 'stop a shutdown', 'stopped']);
    expect(ended()).toBe('shutdown');
    expect(sup.runtime.size).toBe(0);
  });

  test('it ends when its tree ends, with the reason of the root', () => {
    const { sup, ended } = started();
    sup.exit('a', 'boom');
    expect(ended()).toBe('shutdown');
    expect(sup.log.at(-1)).toBe('stopped');
  });

  test('it does not start if its tree does not', () => {
    const { ended } = started(['fail']);
    expect(ended()).toEqual({ kind: 'shutdown', term: { failed_to_start_child: 'a', reason: 'refused' } });
  });
});
