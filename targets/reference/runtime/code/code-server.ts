import type { AnyBehaviour } from '../behaviour.ts';
import type { ProcessTable } from '../process-table.ts';

interface Versions {
  current: AnyBehaviour;
  /** What processes that were not migrated still run; null once purged. */
  old: AnyBehaviour | null;
}

/** One line of the list of modules. */
export interface ModuleVersions {
  readonly name: string;
  readonly current: string | number | null;
  /** Null when there is no old code. */
  readonly old: string | number | null;
  readonly processesOnCurrent: number;
  readonly processesOnOld: number;
}

/**
 * Which code a module name stands for. As in Erlang at most two versions are alive: current, which new processes run, and old.
 * Modules that were never upgraded are not known here and cost nothing.
 */
export class CodeServer {
  readonly #modules = new Map<string, Versions>();

  /** The code a new process of this behaviour runs. */
  current(behaviour: AnyBehaviour): AnyBehaviour {
    if (this.#modules.size === 0) return behaviour;
    return this.#modules.get(behaviour.name)?.current ?? behaviour;
  }

  /** The code before the current one, if it is still there. */
  old(name: string): AnyBehaviour | null {
    return this.#modules.get(name)?.old ?? null;
  }

  /** Whether `load` would be refused: there are processes on old code still. */
  mustPurge(next: AnyBehaviour, table: ProcessTable): boolean {
    const old = this.old(next.name);
    return old !== null && old !== next && processesOn(old, table) > 0;
  }

  /** Make `next` current and what was current (`previous`, where the module was never upgraded) old. Returns false for `not_purged`. */
  load(next: AnyBehaviour, previous: AnyBehaviour | null, table: ProcessTable): boolean {
    if (this.mustPurge(next, table)) return false;
    const current = this.#modules.get(next.name)?.current ?? previous;
    this.#modules.set(next.name, { current: next, old: current === next ? null : current });
    return true;
  }

  /** Forget old code if no process runs it. Returns false, and does nothing, if one does. */
  softPurge(name: string, table: ProcessTable): boolean {
    const versions = this.#modules.get(name);
    if (versions === undefined || versions.old === null) return true;
    if (processesOn(versions.old, table) > 0) return false;
    versions.old = null;
    return true;
  }

  list(table: ProcessTable): ModuleVersions[] {
    return [...this.#modules].map(([name, { current, old }]) => ({
      name,
      current: current.version ?? null,
      old: old === null ? null : (old.version ?? null),
      processesOnCurrent: processesOn(current, table),
      processesOnOld: old === null ? 0 : processesOn(old, table),
    }));
  }
}

function processesOn(behaviour: AnyBehaviour, table: ProcessTable): number {
  let count = 0;
  for (const process of table) if (process.behaviour === behaviour) count++;
  return count;
}
