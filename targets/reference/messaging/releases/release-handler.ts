/**
 * Moves the running code of a node from one release to another, up or back, while it serves: all processes or none. One
 * upgrade at a time. The previous code stays as old code for a rollback, until it is purged or the next upgrade replaces it.
 */
import type { ExitReason, Runtime, UpgradeReport } from '../../runtime/index.ts';
import { USER } from '../user.ts';
import { FIRST_RELEASE, RELEASES, type ReleasedCode } from './catalogue.ts';

export interface Installation {
  readonly kind: 'upgraded' | 'kept-old-code';
  readonly migrated: number;
  /** Processes that do not run the release asked for. */
  readonly leftOnOld: number;
  readonly durationMs: number;
  /** Why the old code was kept, and the process whose data could not be translated. */
  readonly reason: ExitReason | null;
  readonly module: string | null;
  readonly pid: string | null;
}

export class ReleaseHandler {
  readonly #runtime: Runtime;
  #current: ReleasedCode = FIRST_RELEASE;
  #busy = false;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    runtime.loadCode(FIRST_RELEASE.user);
  }

  /** The release that new processes run. */
  get current(): string {
    return this.#current.name;
  }

  get releases(): readonly { readonly name: string; readonly summary: string }[] {
    return RELEASES.map(({ name, summary }) => ({ name, summary }));
  }

  has(release: string): boolean {
    return RELEASES.some(({ name }) => name === release);
  }

  /** Goes to a release that there is. `done` is called once, in a later turn unless it is refused at once. */
  install(release: string, done: (outcome: Installation) => void): void {
    const next = RELEASES.find(({ name }) => name === release);
    if (next === undefined) throw new RangeError(`there is no release ${release}`);
    const refusal = this.#refusal(next);
    if (refusal !== null) {
      done({ ...this.#kept(0), reason: refusal });
      return;
    }
    this.#busy = true;
    const finished = (report: UpgradeReport): void => {
      this.#busy = false;
      done(this.#outcome(next, report));
    };
    const before = this.#runtime.modules().find(({ name }) => name === USER)?.old;
    if (before === next.name && RELEASES.indexOf(next) < RELEASES.indexOf(this.#current))
      this.#runtime.rollback([USER], finished);
    else this.#runtime.upgrade([{ behaviour: next.user }], finished);
  }

  #refusal(next: ReleasedCode): string | null {
    if (this.#busy) return 'another upgrade is under way';
    return next === this.#current ? `release ${next.name} is already running` : null;
  }

  #outcome(next: ReleasedCode, { outcome, migrated, failure, durationMs }: UpgradeReport): Installation {
    if (outcome === 'kept old code') {
      const { reason = null, module = null, pid = null } = failure ?? {};
      return { ...this.#kept(durationMs), reason, module, pid: pid?.toString() ?? null };
    }
    this.#current = next;
    const leftOnOld = this.#runtime.modules().find(({ name }) => name === USER)?.processesOnOld ?? 0;
    return { kind: 'upgraded', migrated, leftOnOld, durationMs, reason: null, module: null, pid: null };
  }

  #kept(durationMs: number): Installation {
    const leftOnOld = this.#runtime.modules().find(({ name }) => name === USER)?.processesOnCurrent ?? 0;
    return { kind: 'kept-old-code', migrated: 0, leftOnOld, durationMs, reason: null, module: null, pid: null };
  }
}
