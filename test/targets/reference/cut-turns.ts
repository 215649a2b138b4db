/** Turns in which a handler is stopped at a point that the test chooses, by the rules of the real guard (guarded-turns.ts). */
import type { Turns } from '../../../targets/reference/platform/platform.ts';

export type Room = 'runtime' | 'messaging' | 'http' | 'test';

export interface CutSettings {
  /** Which of the exposed points it is, from 1; 0 for none. */
  readonly at: number;
  /** Whose points count. */
  readonly rooms: readonly Room[];
  /** `ignored`: as if nothing were sheltered, to see what shelter is good for. */
  readonly shelter?: 'kept' | 'ignored';
}

const STROKE = new Error('interrupted');

export class CutTurns {
  /** Exposed points passed so far, and how many turns were stopped. */
  points = 0;
  strokes = 0;
  /** The points by where in the source they are. */
  readonly sites = new Map<string, number[]>();
  /** Whether points are counted at the moment, and somebody may be stopped there. */
  counts = true;
  readonly #settings: CutSettings;
  #isGuarded = false;
  #isExposed = false;
  /** On its way out of the handler: nothing runs any more, whoever catches it or cleans up. */
  #isStruck = false;

  /** From now on this is what `globalThis.cutPoint` asks. */
  constructor(settings: CutSettings) {
    this.#settings = settings;
    (globalThis as { cutPoint?: (room: Room, site: string) => void }).cutPoint = (room, site) => this.#point(room, site);
  }

  /** `turns`, and some of them may be stopped. */
  over({ defer }: Pick<Turns, 'defer'>): Turns {
    return {
      defer: (run, interrupted) =>
        defer(() => (interrupted === null ? run() : this.#run(run, () => defer(interrupted, null))), null),
      begin: () => this.#set(true),
      expose: () => this.#set(true),
      shelter: () => {
        const was = this.#isExposed;
        if (this.#settings.shelter !== 'ignored') this.#set(false);
        return was;
      },
    };
  }

  /** A point of the test's own. */
  readonly here = (): void => this.#point('test', 'test');

  #run(run: () => void, interrupted: () => void): void {
    this.#isGuarded = true;
    this.#isExposed = this.#settings.shelter === 'ignored';
    try {
      run();
    } catch (thrown) {
      if (thrown !== STROKE) throw thrown;
      this.strokes++;
      interrupted();
    } finally {
      this.#isGuarded = false;
      this.#isExposed = false;
      this.#isStruck = false;
    }
  }

  #set(isExposed: boolean): void {
    if (this.#isStruck) throw STROKE;
    this.#isExposed = isExposed && this.#isGuarded;
  }

  #point(room: Room, site: string): void {
    if (this.#isStruck) throw STROKE;
    if (!this.counts || !this.#isExposed || !this.#settings.rooms.includes(room)) return;
    this.points++;
    const before = this.sites.get(site);
    if (before === undefined) this.sites.set(site, [this.points]);
    else before.push(this.points);
    if (this.points !== this.#settings.at) return;
    this.#isStruck = true;
    throw STROKE;
  }
}
