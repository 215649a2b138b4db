/** latency: what is sent along network paths arrives later, by a delay and a jitter, and in order. */
import { z } from 'zod';
import { durationMs } from '../../../../plan/scenario/units.ts';
import type { FaultKind } from '../../fault.ts';
import { ImposedEffects } from '../../network/imposed-effects.ts';
import { checkPaths, choosePaths, nodeSetting, pathKinds, pathsSetting, pathsText } from '../../network/network-settings.ts';
import type { PathProbe } from '../../network/path-probe.ts';

const MAX_DELAY_MS = 10_000;
const settings = z.strictObject({
  delay: durationMs({ min: 1, max: MAX_DELAY_MS, words: '1ms to 10s' }).meta({
    description: 'each way, so a round trip takes longer by twice as much',
  }),
  jitter: durationMs({ max: MAX_DELAY_MS, words: 'up to 10s' })
    .optional()
    .meta({ description: 'up to this much more, drawn anew for each read; the order is kept' }),
  links: pathsSetting,
  node: nodeSetting,
});
type Settings = z.infer<typeof settings>;

interface Handle {
  readonly effects: ImposedEffects;
  readonly delayMs: number;
  readonly jitterMs: number;
  /** Round trips of the probes, before; one for each pair. */
  readonly before: readonly Measured[];
}

interface Measured {
  readonly probe: PathProbe;
  readonly ms: number | null;
}

/** Beyond the longest delay, what a slow machine may add to a round trip. */
const PATIENCE_MS = 5_000;
/** What a busy machine adds to one measurement and not to the other; at most half of what was requested. */
const NOISE_MS = 3;
const NOISE_SHARE = 0.1;

export const latency: FaultKind<Settings, Handle> = {
  kind: 'latency',
  summary: 'delay everything that is sent along network paths',
  paths: pathKinds,
  heals: 'after `for`',
  duration: 'optional',
  settings,
  check: checkPaths,

  async inject(wanted, context) {
    const { delay: delayMs, jitter: jitterMs = 0 } = wanted;
    const paths = choosePaths(wanted, context);
    const effects = await ImposedEffects.prepare(paths);
    const before = await measure(effects, PATIENCE_MS);
    const injectedAtUs = context.nowUs();
    effects.impose(() => ({ kind: 'delay', delayMs, jitterMs, random: () => context.random() }));
    return { target: pathsText(paths), injectedAtUs, affected: 'everybody', handle: { effects, delayMs, jitterMs, before } };
  },

  async verify({ handle }) {
    const { effects, delayMs, jitterMs, before } = handle;
    const during = await measure(effects, 2 * (delayMs + jitterMs) + PATIENCE_MS);
    const added = differences(before, during);
    const noise = Math.min(delayMs, Math.max(NOISE_MS, 2 * delayMs * NOISE_SHARE));
    return {
      verified: added.length > 0 && added.every((ms) => ms !== null && ms >= 2 * delayMs - noise),
      evidence: [
        `asked for ${delayMs} ms${jitterMs === 0 ? '' : ` and up to ${jitterMs} ms more`} each way on ${pathsText(effects.paths.map(({ path }) => path))}`,
        `increase of a round trip: ${added.map(msText).join(', ')}`,
      ],
    };
  },

  undo({ handle }) {
    const { effects, delayMs, jitterMs, before } = handle;
    // Half of what was added would still be a whole delay one way.
    const isFast = (now: readonly Measured[]): boolean => differences(before, now).every((ms) => ms !== null && ms < delayMs);
    return effects.liftAndProve(() => measure(effects, 2 * (delayMs + jitterMs) + PATIENCE_MS), isFast, {
      patienceMs: PATIENCE_MS,
      text: (after) => `increase of a round trip: ${differences(before, after).map(msText).join(', ')}`,
    });
  },
};

/** One round trip for each pair, the least of a few. */
function measure(effects: ImposedEffects, limitMs: number): Promise<readonly Measured[]> {
  const probes = [...new Set(effects.probed.map(({ probe }) => probe))];
  return Promise.all(probes.map(async (probe) => ({ probe, ms: await probe.roundTripMs(limitMs) })));
}

/** By how much each path got slower; null where it was cut, before or now. */
function differences(before: readonly Measured[], now: readonly Measured[]): readonly (number | null)[] {
  return before.map(({ probe, ms: msBefore }) => {
    const ms = now.find((measured) => measured.probe === probe)?.ms ?? null;
    return ms === null || msBefore === null ? null : ms - msBefore;
  });
}

function msText(ms: number | null): string {
  return ms === null ? 'nothing came back' : `${ms.toFixed(1)} ms`;
}
