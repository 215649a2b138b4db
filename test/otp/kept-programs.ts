import type { ChildPlan, Program } from './program.ts';

const child = (id: string, more: Partial<ChildPlan> = {}): ChildPlan => ({
  id,
  restart: 'permanent',
  shutdown: 10,
  significant: false,
  kind: 'plain',
  starts: ['ok'],
  ...more,
});

/** Counterexamples, after shrinking, that the differential test found; run first, for ever. */
export const kept: readonly { readonly title: string; readonly program: Program }[] = [
  {
    title: 'a monitor on oneself is none',
    program: {
      kind: 'actors',
      roots: 1,
      steps: [
        { slot: 0, command: { op: 'monitor', monitor: 0, target: 0 } },
        { slot: 0, command: { op: 'demonitor', monitor: 0, flush: false } },
      ],
    },
  },
  {
    title: "somebody else's monitor is not taken off, and that is no error",
    program: {
      kind: 'actors',
      roots: 2,
      steps: [
        { slot: 0, command: { op: 'monitor', monitor: 0, target: 'a' } },
        { slot: 1, command: { op: 'demonitor', monitor: 0, flush: false } },
      ],
    },
  },
  {
    title: 'whoever is dead counts as terminated under simple_one_for_one',
    program: {
      kind: 'supervisor',
      strategy: 'simple_one_for_one',
      intensity: 0,
      autoShutdown: 'never',
      children: [child('x', { starts: ['fail'] })],
      steps: [
        { op: 'start', child: child('y') },
        { op: 'terminate', id: 'y' },
      ],
    },
  },
  {
    title: 'count_children counts who lives, not who is listed',
    program: {
      kind: 'supervisor',
      strategy: 'one_for_one',
      intensity: 0,
      autoShutdown: 'never',
      children: [child('x', { kind: 'stubborn' })],
      steps: [{ op: 'unlink', id: 'x' }, { op: 'stop', id: 'x', reason: 'normal' }, { op: 'count' }],
    },
  },
];
