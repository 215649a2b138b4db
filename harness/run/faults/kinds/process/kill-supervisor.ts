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
    .meta({ description: "which one: `session` has all users' processes of its node below it" }),
});
type Settings = z.infer<typeof settings>;

export const killSupervisor: FaultKind<Settings, NamedStruck> = {
  kind: 'kill-supervisor',
  summary: 'kill a supervisor of a node, and with it what it had started',
  needs: ['kill-supervisor'],
  heals: 'by itself: the supervisor above starts it anew',
  duration: 'none',
  settings,
  check: checkNodeSettings,
  inject: ({ supervisor, ...where }, context) => killNamed(`${supervisor} supervisor`, where, context),
  verify: ({ handle }, context) => verifyNamed(handle, context),
};
