import type { Kernel } from '../kernel.ts';
import type { NodeMessage } from '../messages.ts';
import type { Process } from '../process.ts';

/** Whoever wants to hear of nodes that come and go: net_kernel:monitor_nodes. */
export class NodeWatchers {
  readonly #kernel: Kernel;
  readonly #processes = new Set<Process>();
  readonly #listeners = new Set<(message: NodeMessage) => void>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  watch(process: Process, on: boolean): void {
    if (on) this.#processes.add(process);
    else this.#processes.delete(process);
  }

  /** For the outer world. Returns a function that ends it. */
  listen(listener: (message: NodeMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(message: NodeMessage): void {
    for (const process of this.#processes) this.#kernel.deliver(process, message);
    for (const listener of this.#listeners) this.#kernel.outside.add(() => listener(message));
  }
}
