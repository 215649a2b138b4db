/**
 * A target made of a command line: any server that can be started as one OS process and told its port. What such a process can suffer,
 * to be killed, paused, asked to leave and started again, is done here, by handle.
 */
import { mkdirSync } from 'node:fs';
import type { Deployment, Target } from '../target.ts';
import { CommandDeployment } from './command-deployment.ts';
import type { CommandTargetOptions } from './command-options.ts';

/**
 * A target of one node, which is one OS process. It is ready when its port takes a connection; it is ended by SIGTERM, and by SIGKILL
 * two seconds later.
 */
export function commandTarget(options: CommandTargetOptions): Target {
  const settings = options.settings ?? [];
  return {
    name: options.name,
    summary: options.summary,
    driver: options.driver,
    capabilities: new Set([
      'kill-node',
      'pause-node',
      'rolling-restart',
      ...(options.promises ?? (['resume'] as const)),
      // Whether one user's connections are told apart is the protocol's to say: the driver does.
      'devices',
      ...(options.runtime === undefined ? (['node-runtime'] as const) : []),
    ]),
    durabilities: options.durabilities,
    checkConfig: (config) =>
      Object.keys(config)
        .filter((key) => !settings.includes(key))
        .map(
          (key) => `${key}: is not a setting of ${options.name}; ${settings.length === 0 ? 'it has none' : settings.join(', ')}`,
        ),
    limits: () =>
      options.largestPayloadBytes === undefined ? null : { payloadBytes: options.largestPayloadBytes, payloadRemedy: null },
    availability: () => Promise.resolve({ available: true }),
    async start(spec): Promise<Deployment> {
      mkdirSync(spec.logDir, { recursive: true });
      mkdirSync(spec.dataDir, { recursive: true });
      return CommandDeployment.start(options, spec);
    },
  };
}
