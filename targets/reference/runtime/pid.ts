/** The name of a node and the number of its start: a restarted node has a new creation, so that old pids stay dead. */
export interface NodeIdentity {
  readonly name: string;
  readonly creation: number;
}

/**
 * A process identifier. A process of this node has exactly one pid object: compare local pids with `===`.
 * It tells nothing about whether the process still lives.
 */
export abstract class Pid {
  readonly home: NodeIdentity;
  /** Unique among all processes this start of the node ever had. */
  readonly serial: number;

  constructor(home: NodeIdentity, serial: number) {
    this.home = home;
    this.serial = serial;
  }

  get node(): string {
    return this.home.name;
  }

  get creation(): number {
    return this.home.creation;
  }

  /** `<node.creation.serial>` */
  toString(): string {
    return `<${this.home.name}.${this.home.creation}.${this.serial}>`;
  }

  toJSON(): string {
    return this.toString();
  }

  /** So that a log or a failed assertion shows the pid and not the whole process behind it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** A process of another node, or of an earlier start of this one. */
export class RemotePid extends Pid {}

/** Whether two pids name the same process, wherever they were read from. */
export function samePid(a: Pid, b: Pid): boolean {
  return a === b || (a.serial === b.serial && a.home.creation === b.home.creation && a.home.name === b.home.name);
}
