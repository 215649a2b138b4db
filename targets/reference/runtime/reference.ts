import type { NodeIdentity, Pid } from './pid.ts';

let lastReference = 0;

/** A value unlike any other in this OS process: identifies a monitor, a request, a timer or an alias. Compare with `===`. */
export class Reference {
  readonly id: number;

  constructor(id = ++lastReference) {
    this.id = id;
  }

  toString(): string {
    return `#Ref<${this.id}>`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/**
 * A reference made on another node: a request to answer, an alias to send to, or a bare name. While anybody holds it, the same
 * reference is the same object.
 */
export class RemoteReference extends Reference {
  readonly home: NodeIdentity;
  /** Who waits for the answer, if it is a request of a process. */
  readonly caller: Pid | null;

  constructor(home: NodeIdentity, id: number, caller: Pid | null) {
    super(id);
    this.home = home;
    this.caller = caller;
  }

  override toString(): string {
    return `#Ref<${this.home.name}.${this.home.creation}.${this.id}>`;
  }
}

/** A bare reference, for protocols between processes. */
export function makeReference(): Reference {
  return new Reference();
}
