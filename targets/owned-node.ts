/**
 * The life of a node that is one OS process at a time: started, ready or not in time, struck, stopped and started again, the same for every
 * target that starts its own server. A target says what to run (`program`) and how it is seen that the program serves (`serves`).
 */
import { join } from 'node:path';
import { OwnedProcess, type Program } from './owned-process.ts';
import type { Address, DeployedNode, DeploymentSpec, Endpoint, NodeIntrospection, NodeState } from './target.ts';

export interface OwnedNodeOptions {
  /** Counted from 0. */
  readonly index: number;
  /** In messages; `node n1` without it. */
  readonly calledInMessages?: string;
  /** From SIGTERM to SIGKILL. */
  readonly stopGraceMs: number;
}

export abstract class OwnedNode implements DeployedNode {
  readonly name: string;
  readonly index: number;
  incarnation = 0;
  abstract readonly endpoint: Endpoint;
  abstract readonly meshEndpoint: Address | null;
  protected readonly spec: DeploymentSpec;
  protected readonly host: string;
  readonly #called: string;
  readonly #stopGraceMs: number;
  #process: OwnedProcess | null = null;
  /** The present process was seen to serve. */
  #serving = false;

  constructor(spec: DeploymentSpec, { index, calledInMessages, stopGraceMs }: OwnedNodeOptions) {
    this.name = nodeName(index);
    this.index = index;
    this.spec = spec;
    this.host = nodeHost(spec.deployment, index);
    this.#called = calledInMessages ?? `node ${this.name}`;
    this.#stopGraceMs = stopGraceMs;
  }

  /** Asked for before each start. */
  protected abstract program(): Program;
  /** Resolves when the process that was just started serves; rejects as `OwnedProcess.ready` does. */
  protected abstract serves(process: OwnedProcess): Promise<void>;

  introspect(_options?: { readonly collectGarbage?: boolean }): Promise<NodeIntrospection | null> {
    return Promise.resolve(null);
  }

  get state(): NodeState {
    const process = this.#process;
    if (process?.alive !== true) return 'dead';
    if (process.paused) return 'paused';
    if (process.leaving) return 'leaving';
    return this.#serving ? 'ready' : 'starting';
  }

  get osPid(): number | null {
    return this.#process?.osPid ?? null;
  }

  /** Resolves when it serves. Rejects, its process killed, when it ends before that or takes too long. */
  async start(): Promise<void> {
    this.incarnation += 1;
    this.#serving = false;
    const logFile = join(this.spec.logDir, `${this.name}-${this.incarnation}.log`);
    const owned = new OwnedProcess({ ...this.program(), name: this.#called, logFile });
    this.#process = owned;
    try {
      await this.serves(owned);
    } catch (error) {
      owned.killNow();
      throw error;
    }
    this.#serving = true;
  }

  async kill(): Promise<void> {
    this.killNow();
    await this.#process?.gone;
  }

  async restart(): Promise<void> {
    if (this.state !== 'dead') throw new Error(`${this.#called} is ${this.state}; only a dead node can be restarted`);
    await this.start();
  }

  async pause(): Promise<void> {
    if (this.#process === null) throw new Error(`${this.#called} was never started`);
    await this.#process.pause();
  }

  async resume(): Promise<void> {
    this.#process?.resume();
  }

  async leave(): Promise<void> {
    await this.#process?.stop(this.#stopGraceMs);
  }

  /** SIGKILL at once, for those who cannot wait until it is reaped. */
  killNow(): void {
    this.#process?.killNow();
  }
}

/** By its index, counted from 0. */
export function nodeName(index: number): string {
  return `n${index + 1}`;
}

/** The loopback address of a node, counted from 0. Only Linux answers on the whole of 127.0.0.0/8 without being asked to. */
export function nodeHost(deployment: number, index: number): string {
  return process.platform === 'linux' ? `127.0.${deployment}.${index + 1}` : '127.0.0.1';
}
