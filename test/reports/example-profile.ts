/** A profile as a run of the reference server might have left it, with paths as a page beside it links to them. */
import type { Profile } from '../../harness/evidence/result/profile.ts';

export function exampleProfile(): Profile {
  return {
    schema: 'letitcrash.profile/1',
    with: 'cpu',
    node: 'n2',
    cores: [0.41, 0.83],
    fromMs: 4,
    toMs: 30_004,
    files: [{ path: 'profile/n2.cpuprofile', opensWith: 'Chrome DevTools (Performance), VS Code or speedscope' }],
    stacks: {
      unit: 'us',
      samples: 29_120,
      total: 24_300_000,
      idle: 5_700_000,
      functions: [
        { name: 'runSlice', place: 'targets/reference/runtime/scheduler.ts:88' },
        { name: 'handle', place: 'targets/reference/messaging/session.ts:140' },
        { name: 'send', place: 'node_modules/ws/lib/sender.js:330' },
        { name: 'writeGeneric', place: 'node:internal/stream_base_commons:148' },
        { name: '(garbage collector)', place: '' },
        { name: '(program)', place: '' },
        { name: '(smaller ones)', place: '' },
      ],
      tree: [
        [-1, 0, 1_200_000],
        [0, 1, 9_100_000],
        [1, 2, 3_000_000],
        [2, 3, 4_400_000],
        [1, 6, 600_000],
        [-1, 5, 4_000_000],
        [-1, 4, 2_000_000],
      ],
      hottest: [
        [1, 9_100_000, 17_100_000],
        [3, 4_400_000, 4_400_000],
        [5, 4_000_000, 4_000_000],
        [2, 3_000_000, 7_400_000],
        [4, 2_000_000, 2_000_000],
        [0, 1_200_000, 18_300_000],
        [6, 600_000, 600_000],
      ],
    },
    notes: ['n2 was restarted during the load; the profile covers only the time since then.'],
  };
}
