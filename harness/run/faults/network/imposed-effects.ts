/** One effect on many paths at once, and a probe along each of them that was opened before and is closed after. */

import { eventually } from '../eventually.ts';
import type { Verification } from '../fault.ts';
import type { Path } from './network.ts';
import { actedOnByOthers } from './network-settings.ts';
import type { Effect, Imposition } from './path-conditions.ts';
import { PathProbe } from './path-probe.ts';
import type { TcpProxy } from './tcp-proxy.ts';

/** More paths than this prove nothing that these do not. */
const MAX_PROBED_PATHS = 12;

/** A path that an effect is imposed on, and the probe along it, where there is one. */
export interface ImposedPath {
  readonly path: Path;
  readonly probe: PathProbe | null;
}

export class ImposedEffects {
  readonly paths: readonly ImposedPath[];
  readonly #probes: readonly PathProbe[];
  #impositions: readonly Imposition[] = [];

  /** Opens the probes. Nothing is imposed yet. */
  static async prepare(paths: readonly Path[]): Promise<ImposedEffects> {
    const proxies = [...new Set(paths.map(({ proxy }) => proxy))].slice(0, MAX_PROBED_PATHS);
    const probes = await Promise.all(proxies.map(async (proxy) => [proxy, await PathProbe.open(proxy)] as const));
    return new ImposedEffects(paths, new Map(probes));
  }

  private constructor(paths: readonly Path[], probes: ReadonlyMap<TcpProxy, PathProbe>) {
    this.paths = paths.map((path) => ({ path, probe: probes.get(path.proxy) ?? null }));
    this.#probes = [...probes.values()];
  }

  /** Those that can be measured. */
  get probed(): readonly (ImposedPath & { readonly probe: PathProbe })[] {
    return this.paths.filter((imposed): imposed is ImposedPath & { probe: PathProbe } => imposed.probe !== null);
  }

  /** All in the same turn. */
  impose(effect: (path: Path) => Effect): void {
    this.#impositions = this.paths.map(({ path }) => path.proxy.impose(path.direction, effect(path)));
  }

  lift(): void {
    for (const imposition of this.#impositions) imposition.lift();
  }

  /**
   * Lifts the effects, measures until `isGone` or `patienceMs` are over, and closes the probes. If another fault acts on the same paths, no
   * measurement is expected to change.
   */
  async liftAndProve<Measured>(
    measure: () => Promise<Measured>,
    isGone: (measured: Measured) => boolean,
    { patienceMs, text }: { readonly patienceMs: number; text(measured: Measured): string },
  ): Promise<Verification> {
    this.lift();
    const others = this.paths.some(({ path }) => actedOnByOthers(path, 0));
    const measured = await eventually(measure, (now) => others || isGone(now), patienceMs);
    this.close();
    return {
      verified: this.inForce === 0 && (others || isGone(measured)),
      evidence: [`lifted; ${text(measured)}${others ? ' (another fault acts on these paths)' : ''}`],
    };
  }

  /** How many of ours are in force. */
  get inForce(): number {
    return this.#impositions.filter(({ active }) => active).length;
  }

  close(): void {
    for (const probe of this.#probes) probe.close();
  }
}
