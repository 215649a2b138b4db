/** The cases of OTP's supervisor_SUITE about significant children, under their names there. */
import { describe, expect, test } from 'vitest';
import { createSupervised } from './supervised.ts';

describe('supervisor_SUITE, automatic shutdown', () => {
  const significant = { restart: 'transient', significant: true } as const;

  test('significant_never: without auto_shutdown a significant child is refused', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'one_for_one', children: [sup.child('a', significant)] });
    expect((sup.ended() as { message: string }).message).toContain('significant under autoShutdown never');
  });

  test('significant_any: the orderly end of one significant child stops the supervisor with shutdown', () => {
    const sup = createSupervised();
    const children = [sup.child('a', significant), sup.child('b', significant), sup.child('c')];
    sup.start({ strategy: 'one_for_one', autoShutdown: 'any_significant', children });
    sup.log.length = 0;
    sup.exit('a', 'normal');
    expect(sup.ended()).toBe('shutdown');
    expect(sup.log).toEqual(['stop c shutdown', 'stop b shutdown']);
  });

  test('significant_all: only the end of the last significant child stops the supervisor', () => {
    const sup = createSupervised();
    const children = [sup.child('a', significant), sup.child('b', significant), sup.child('c')];
    sup.start({ strategy: 'one_for_one', autoShutdown: 'all_significant', children });
    sup.exit('a', 'normal');
    expect(sup.ended()).toBeUndefined();
    sup.exit('b', 'shutdown');
    expect(sup.ended()).toBe('shutdown');
  });

  test('significant_transient: an abnormal end is a restart, not a shutdown', () => {
    const sup = createSupervised();
    sup.start({ strategy: 'one_for_one', autoShutdown: 'any_significant', children: [sup.child('a', significant)] });
    sup.exit('a', 'boom');
    expect(sup.ended()).toBeUndefined();
    expect(sup.running().size).toBe(1);
  });

  test('significant_temporary: any end of a significant temporary child counts', () => {
    const sup = createSupervised();
    const child = sup.child('a', { restart: 'temporary', significant: true });
    sup.start({ strategy: 'one_for_one', autoShutdown: 'any_significant', children: [child] });
    sup.exit('a', 'boom');
    expect(sup.ended()).toBe('shutdown');
  });

  test('significant_bystander: a significant child that is stopped by its supervisor does not count', () => {
    const sup = createSupervised();
    const children = [sup.child('a'), sup.child('b', significant)];
    sup.start({ strategy: 'one_for_all', autoShutdown: 'any_significant', children });
    sup.exit('a', 'boom');
    expect(sup.ended()).toBeUndefined();
    expect(sup.running().size).toBe(2);
  });
});
