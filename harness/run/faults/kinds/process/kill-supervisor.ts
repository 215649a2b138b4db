/**
 * kill-supervisor: exit(pid, kill) for one of a node's supervisors. What it had started dies with it, because it is linked to it; the
 * supervisor above restarts it. The question is how far that reaches.
 */
import { z } from 'zod';
import type { FaultKind } from '../../fault.ts';
import { checkNodeSettings, nodeSettings } from '../node/node-victims.ts';
import { killNamed, type NamedStruck, verifyNamed } from './named-victims.ts';

const settings = nodeSettings.extend({
  supervisor: z
    .enum(['session', 'presence', 'gateway'])
    .default('session')
    .meta({ description: "which supervisor: `session` supervises all users' processes of its node" }),
});
type Settings = z.infer<typeof settings>;

export const killSupervisor: FaultKind<Settings, NamedStruck> = {
  kind: 'kill-supervisor',
  summary: 'kill a supervisor of a node, and with it everything it had started',
  needs: ['kill-supervisor'],
  heals: 'by itself: the supervisor above restarts it',
  duration: 'none',
  settings,
  check: checkNodeSettings,
  inject: ({ supervisor, ...where }, context) => killNamed(`${supervisor} supervisor`, where, context),
  verify: ({ handle }, context) => verifyNamed(handle, context),
};
