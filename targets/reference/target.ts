/** The reference server as a target of the harness. */
import { createRequire } from 'node:module';
import { type Capability, LONGEST_USER_NAME_BYTES, type Target } from '../target.ts';
import { startDeployment } from './deployment.ts';
import { HIGHEST_FRAME_BYTES, largestPayloadBytes } from './messaging/limits.ts';
import { checkSettings, settingsOf } from './settings.ts';

const NAME = 'reference';
const OLDEST_NODE = 24;
const CAPABILITIES: readonly Capability[] = [
  'kill-process',
  'kill-supervisor',
  'kill-node',
  'pause-node',
  'rolling-restart',
  'receipts',
  'presence',
  'devices',
  'resume',
  'heap-stats',
  'runaway-process',
  'crash-loop',
  'upgrade',
  'slow-disk',
  'clock-jump',
  'node-runtime',
  'multi-node',
  'join-node',
  'partition',
  'http',
];

export const reference: Target = {
  name: NAME,
  summary: 'the process-per-user server in TypeScript: supervised user processes, durable mailboxes in LMDB',
  driver: 'native',
  capabilities: new Set(CAPABILITIES),
  durabilities: ['fsync', 'commit', 'memory'],
  checkConfig: checkSettings,
  oldestNode: OLDEST_NODE,
  limits: (config) => ({
    payloadBytes: largestPayloadBytes(settingsOf(config).limits, LONGEST_USER_NAME_BYTES),
    payloadRemedy: `a larger target.maxFrameBytes, at most ${HIGHEST_FRAME_BYTES}, with a target.maxMessageBytes that holds it`,
  }),

  async availability() {
    const major = Number(process.versions.node.split('.')[0]);
    if (major < OLDEST_NODE)
      return {
        available: false,
        reason: `it needs Node ${OLDEST_NODE} or newer; this is ${process.versions.node}`,
        remedy: 'run it with a newer Node',
      };
    try {
      createRequire(import.meta.url).resolve('lmdb');
    } catch {
      return { available: false, reason: 'the package lmdb is not installed', remedy: 'npm install' };
    }
    return { available: true };
  },

  async start(spec) {
    const faults = checkSettings(spec.config, spec);
    if (faults.length > 0) throw new Error(`target ${NAME}: ${faults.join('; ')}`);
    return startDeployment(spec, NAME, '1');
  },
};
