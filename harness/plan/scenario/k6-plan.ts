/** Refuses what k6 cannot play, so that nothing that was asked for is silently left out. Pure. */
import { type Catalogue, targetFacts } from './catalogue.ts';
import type { PlannedTarget, Reporter } from './reporter.ts';
import type { HttpLoadSection, LoadSection } from './schema.ts';

/** The protocol of the messages that our k6 script speaks. */
const PROTOCOL = 'native';

export interface K6Surroundings {
  readonly catalogue: Catalogue;
  /** Null if it is itself invalid. */
  readonly target: PlannedTarget | null;
  /** Null if it is itself invalid. */
  readonly load: LoadSection | HttpLoadSection | null;
}

export function refuseOfK6(
  data: Readonly<Record<string, unknown>>,
  { catalogue, target, load }: K6Surroundings,
  reporter: Reporter,
): void {
  const refuse = (path: readonly string[], message: string, remedy: string): void =>
    reporter.report('unsupported', path, message, remedy);
  if (load === null) return;
  // Anything else that requests alone cannot do is refused for every load generator.
  for (const key of 'requests' in load ? ['abort'] : ['faults', 'abort', 'http']) {
    const written = data[key];
    if (written === undefined || written === null || (Array.isArray(written) && written.length === 0)) continue;
    refuse([key], 'cannot be played with k6, which only generates load', 'leave it out, or leave out load.driver');
  }
  if ('requests' in load) {
    if (load.pipelining > 1)
      refuse(['load', 'pipelining'], 'is not possible with k6, which sends one request at a time', 'pipelining: 1');
    if (load.warmUp > 0) refuse(['load', 'warmUp'], 'would be measured by k6 together with the rest', '--set load.warmUp=0s');
  } else {
    if ((load.churn ?? 0) > 0)
      refuse(['load', 'churn'], 'is not played by k6, whose users stay connected', '--set load.churn=0%/s');
    if (load.devices > 1)
      refuse(['load', 'devices'], 'are not possible with k6, whose users have one each', '--set load.devices=1');
    if ((load.watch ?? 0) > 0) refuse(['load', 'watch'], 'contacts are not watched by k6', '--set load.watch=0');
    if (load.offline > 0) refuse(['load', 'offline'], 'is not played by k6, whose users stay connected', '--set load.offline=0%');
    const protocol = target === null ? PROTOCOL : targetFacts(catalogue, target.use)?.driver;
    if (protocol !== undefined && protocol !== PROTOCOL)
      refuse(
        ['target', 'use'],
        `speaks ${protocol}, which the k6 script does not speak`,
        `a target of the native protocol, or load.requests`,
      );
  }
  if (load.workers !== undefined && load.workers > 1)
    refuse(['load', 'workers'], 'is not possible with k6, which is one process', 'workers: 1');
}
