/** The calibrated server as a target: the standard against which the harness itself is tested. */
import type { Target } from '../target.ts';
import { checkConfig, LARGEST_PAYLOAD_BYTES } from './config.ts';
import { startCalibrated } from './deployment.ts';

export const calibrated: Target = {
  name: 'calibrated',
  summary: 'a scripted server whose latency, loss, duplication, leak and downtime are known exactly',
  driver: 'native',
  capabilities: new Set([
    'kill-node',
    'pause-node',
    'rolling-restart',
    'kill-process',
    'resume',
    'receipts',
    'heap-stats',
    'node-runtime',
  ]),
  durabilities: ['memory'],
  checkConfig,
  oldestNode: 24,
  limits: () => ({ payloadBytes: LARGEST_PAYLOAD_BYTES, payloadRemedy: null }),
  availability: () => Promise.resolve({ available: true }),

  async start(spec) {
    if (spec.nodes !== 1) throw new Error(`target calibrated: nodes: ${spec.nodes} is not possible; it has 1`);
    const faults = checkConfig(spec.config);
    if (faults.length > 0) throw new Error(`target calibrated: ${faults.join('; ')}`);
    return startCalibrated(spec);
  },
};
