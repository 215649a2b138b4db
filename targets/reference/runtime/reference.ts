let lastReference = 0;

/** A value unlike any other in this OS process: identifies a monitor, a request, a timer or an alias. Compare with `===`. */
export class Reference {
  readonly id: number;

  constructor() {
    this.id = ++lastReference;
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

/** A bare reference, for protocols between processes. */
export function makeReference(): Reference {
  return new Reference();
}
