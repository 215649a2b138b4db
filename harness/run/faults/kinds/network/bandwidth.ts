/** bandwidth: all connections of a path together carry no more than a rate, each way by itself. */

import { z } from 'zod';
import { formatBytes } from '../../../../evidence/result/format.ts';
import { bytesPerSecond } from '../../../../plan/scenario/units.ts';
import type { FaultKind } from '../../fault.ts';
import { ImposedEffects } from '../../network/imposed-effects.ts';
import {
  checkPaths,
  choosePaths,
  nodeSetting,
  pathKinds,
  pathsSetting,
  pathsText,
  pathText,
} from '../../network/network-settings.ts';
import { TokenBucket } from '../../network/token-bucket.ts';

const settings = z.strictObject({
  // A proxy on a busy machine carries some hundred megabytes a second: far above this a limit would change nothing.
  rate: bytesPerSecond({ min: 1_000, max: 50e6, words: '1KB/s to 50MB/s' }).meta({
    description: 'of each path and direction, shared by all its connections',
  }),
  links: pathsSetting,
  node: nodeSetting,
});
type Settings = z.infer<typeof settings>;

interface Handle {
  readonly effects: ImposedEffects;
  readonly rate: number;
}

/** At the requested rate, the probe's data takes this long: enough to measure, little enough not to disturb. */
const MEASURE_MS = 150;
const MIN_MEASURED_BYTES = 6_000;
const PATIENCE_MS = 10_000;
/** A rate counts as kept up to here: the first packets find a few tokens. */
const TOLERANCE = 1.1;

export const bandwidth: FaultKind<Settings, Handle> = {
  kind: 'bandwidth',
  summary: 'limit the rate that paths carry',
  paths: pathKinds,
  heals: 'after `for`',
  duration: 'optional',
  settings,
  check: checkPaths,

  async inject(wanted, context) {
    const { rate } = wanted;
    const paths = choosePaths(wanted, context);
    const effects = await ImposedEffects.prepare(paths);
    const injectedAtUs = context.nowUs();
    effects.impose(() => ({ kind: 'bandwidth', bucket: new TokenBucket(rate, performance.now()) }));
    return { target: pathsText(paths), injectedAtUs, affected: 'everybody', handle: { effects, rate } };
  },

  async verify({ handle: { effects, rate } }) {
    const rates = await measure(effects, rate);
    return {
      verified: rates.length > 0 && rates.every(({ measured }) => measured > 0 && measured <= rate * TOLERANCE),
      evidence: [`asked for at most ${rateText(rate)} each way`, `measured: ${rates.map(text).join(', ')}`],
    };
  },

  undo({ handle: { effects, rate } }) {
    const isWider = (rates: readonly Measured[]): boolean =>
      rates.every(({ measured, spread }) => Math.max(measured, spread) > 1.5 * rate);
    return effects.liftAndProve(() => measure(effects, rate), isWider, {
      patienceMs: PATIENCE_MS,
      text: (rates) => `measured: ${rates.map(text).join(', ')}`,
    });
  },
};

interface Measured {
  readonly path: string;
  readonly measured: number;
  /** Once bytes began to arrive: what a busy machine spends before says nothing of the path. */
  readonly spread: number;
}

/** All pairs at once, one direction of each after the other. */
async function measure(effects: ImposedEffects, rate: number): Promise<readonly Measured[]> {
  const bytes = Math.max(MIN_MEASURED_BYTES, Math.round((rate * MEASURE_MS) / 1000));
  const measured: Measured[] = [];
  for (const direction of ['forth', 'back'] as const) {
    const paths = effects.probed.filter(({ path }) => path.direction === direction);
    measured.push(
      ...(await Promise.all(
        paths.map(async ({ path, probe }) => {
          const { bytesPerSecond, spreadBytesPerSecond } = await probe.transfer(
            direction,
            bytes,
            (bytes * 1000) / rate + PATIENCE_MS,
          );
          return { path: pathText(path), measured: bytesPerSecond, spread: spreadBytesPerSecond };
        }),
      )),
    );
  }
  return measured;
}

function text({ path, measured }: Measured): string {
  return `${path} ${rateText(measured)}`;
}

function rateText(rate: number): string {
  return `${formatBytes(rate)}/s`;
}
