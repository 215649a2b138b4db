import { RuntimeError } from './exit-reason.ts';
import type { Process } from './process.ts';

/** Local names: a process has at most one, a name belongs to at most one process, and goes with it. */
export class Registry {
  readonly #byName = new Map<string, Process>();

  /** Throws `badarg` when the name is taken, the process has a name already, or it is dead. */
  register(name: string, process: Process): void {
    if (!process.alive) throw new RuntimeError('badarg', `register ${name}: ${process} is not alive`);
    if (process.name !== null) throw new RuntimeError('badarg', `register ${name}: ${process} is called ${process.name} already`);
    const owner = this.#byName.get(name);
    if (owner !== undefined) throw new RuntimeError('badarg', `register ${name}: the name belongs to ${owner}`);
    this.#byName.set(name, process);
    process.name = name;
  }

  /** Throws `badarg` when nobody has the name. */
  unregister(name: string): void {
    const process = this.#byName.get(name);
    if (process === undefined) throw new RuntimeError('badarg', `unregister ${name}: nobody is called that`);
    this.release(process);
  }

  /** Take the name off a process that has one; does nothing otherwise. */
  release(process: Process): void {
    if (process.name === null) return;
    this.#byName.delete(process.name);
    process.name = null;
  }

  whereis(name: string): Process | undefined {
    return this.#byName.get(name);
  }

  names(): string[] {
    return [...this.#byName.keys()];
  }
}
