/** A running calibrated server: one node, one OS process that this deployment started and alone may kill. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { issueCredential } from '../credential.ts';
import { nodeHost, OwnedProcess, onNode, runtimeText, stateOf } from '../owned-process.ts';
import type {
  Credential,
  DeployedNode,
  Deployment,
  DeploymentSpec,
  Endpoint,
  NodeIntrospection,
  NodeState,
  UserProcess,
} from '../target.ts';
import { type CalibratedConfig, completeConfig } from './config.ts';
import type { Answers, FromNode, NodeStart, Request, ToNode } from './control.ts';
import { nowUs } from './delay-line.ts';
import { PATH } from './server.ts';

const READY_LIMIT_MS = 15_000;
const STOP_GRACE_MS = 2_000;
const KEY_BYTES = 32;

/** Sources when run from the checkout, JavaScript when published. */
const MAIN = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url));

/** Starts the node; rejects, with nothing left behind, when it does not become ready. */
export async function startCalibrated(spec: DeploymentSpec): Promise<CalibratedDeployment> {
  mkdirSync(spec.logDir, { recursive: true });
  const tokenKey = randomBytes(KEY_BYTES);
  const node = new CalibratedNode(spec, tokenKey, completeConfig(spec.config));
  try {
    await node.start(0);
  } catch (error) {
    node.killNow();
    throw error;
  }
  return new CalibratedDeployment(spec, tokenKey, node);
}

export class CalibratedDeployment implements Deployment {
  readonly chaos = null;
  readonly target: Deployment['target'];
  readonly nodes: readonly DeployedNode[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly #node: CalibratedNode;
  readonly #tokenKey: Buffer;

  constructor(spec: DeploymentSpec, tokenKey: Buffer, node: CalibratedNode) {
    this.target = { name: 'calibrated', version: '1', runtime: runtimeText(spec.runtime) };
    this.nodes = [node];
    this.config = spec.config;
    this.#node = node;
    this.#tokenKey = tokenKey;
  }

  credential(user: string, device: string): Credential {
    return issueCredential(this.#tokenKey, user, device);
  }

  /** Drops the user's connection and session; the queue stays. */
  async killUserProcess(user: string): Promise<boolean> {
    return (await this.#node.ask({ kind: 'kill-user', user })) ?? false;
  }

  async userProcess(user: string): Promise<UserProcess> {
    return (await this.#node.ask({ kind: 'user-process', user })) ?? { alive: false };
  }

  /** Blocks the whole process for so long; resolves when the command has arrived. */
  async freeze(forMs: number): Promise<void> {
    await this.#node.ask({ kind: 'freeze', forMs });
  }

  addNode(): Promise<never> {
    return Promise.reject(new Error('the calibrated server has one node'));
  }

  stop(): Promise<void> {
    return this.#node.stop();
  }

  killNow(): void {
    this.#node.killNow();
  }
}

class CalibratedNode implements DeployedNode {
  readonly name = 'n1';
  readonly index = 0;
  readonly meshEndpoint = null;
  incarnation = 0;
  readonly #spec: DeploymentSpec;
  readonly #tokenKey: Buffer;
  readonly #config: CalibratedConfig;
  readonly #host: string;
  /** 0 until the first start; the same from then on. */
  #port = 0;
  #killedAtUs = 0;
  #process: OwnedProcess | null = null;
  /** The present process said that it is ready. */
  #serving = false;
  #questions = 0;
  readonly #waiting = new Map<number, (answer: unknown) => void>();

  constructor(spec: DeploymentSpec, tokenKey: Buffer, config: CalibratedConfig) {
    this.#spec = spec;
    this.#tokenKey = tokenKey;
    this.#config = config;
    this.#host = nodeHost(spec.deployment, 0);
  }

  get state(): NodeState {
    return stateOf(this.#process, this.#serving);
  }

  get osPid(): number | null {
    return this.#process?.osPid ?? null;
  }

  get endpoint(): Endpoint {
    return { host: this.#host, port: this.#port, path: PATH };
  }

  /** Resolves when the node listens, which is not before `listenAtUs`. */
  async start(listenAtUs: number): Promise<void> {
    this.incarnation += 1;
    this.#serving = false;
    const owned = new OwnedProcess({
      name: `node ${this.name}`,
      ...onNode(this.#spec.runtime, ['--expose-gc', MAIN]),
      env: { ...process.env, ...this.#spec.env },
      logFile: join(this.#spec.logDir, `${this.name}-${this.incarnation}.log`),
    });
    this.#process = owned;
    owned.onMessage((message) => this.#answered(message as FromNode));
    void owned.gone.then(() => {
      for (const answer of this.#waiting.values()) answer(null);
      this.#waiting.clear();
    });
    const start: NodeStart = {
      name: this.name,
      host: this.#host,
      port: this.#port,
      tokenKey: this.#tokenKey.toString('base64url'),
      incarnation: this.incarnation,
      listenAtUs,
      config: this.#config,
    };
    this.#tell({ type: 'start', start });
    this.#port = await owned.answer(readyPort, READY_LIMIT_MS + Math.max(0, listenAtUs - nowUs()) / 1000);
    this.#serving = true;
  }

  async kill(): Promise<void> {
    this.killNow();
    await this.#process?.gone;
  }

  async restart(): Promise<void> {
    if (this.state !== 'dead') throw new Error(`node ${this.name} is ${this.state}; only a dead node can be restarted`);
    await this.start(this.#killedAtUs + this.#config.downtimeMs * 1000);
  }

  introspect(options?: { readonly collectGarbage?: boolean }): Promise<NodeIntrospection | null> {
    return this.ask({ kind: 'introspect', collectGarbage: options?.collectGarbage === true });
  }

  /** The node's answer; null when it is dead or dies meanwhile. */
  ask<Kind extends Request['kind']>(request: Extract<Request, { readonly kind: Kind }>): Promise<Answers[Kind] | null> {
    if (this.state !== 'ready') return Promise.resolve(null);
    this.#questions += 1;
    const id = this.#questions;
    return new Promise((resolve) => {
      this.#waiting.set(id, (answer) => resolve(answer as Answers[Kind] | null));
      this.#tell({ type: 'request', id, request });
    });
  }

  async pause(): Promise<void> {
    if (this.#process === null) throw new Error(`node ${this.name} was never started`);
    await this.#process.pause();
  }

  async resume(): Promise<void> {
    this.#process?.resume();
  }

  async leave(): Promise<void> {
    this.#killedAtUs = nowUs();
    await this.#process?.stop(STOP_GRACE_MS);
  }

  async stop(): Promise<void> {
    await this.#process?.stop(STOP_GRACE_MS);
  }

  killNow(): void {
    if (this.#process?.alive !== true) return;
    this.#killedAtUs = nowUs();
    this.#process.killNow();
  }

  #tell(message: ToNode): void {
    this.#process?.send(message);
  }

  #answered(message: FromNode): void {
    if (message.type === 'ready') return;
    this.#waiting.get(message.id)?.(message.answer);
    this.#waiting.delete(message.id);
  }
}

function readyPort(message: unknown): number | null {
  const from = message as FromNode;
  return from.type === 'ready' ? from.port : null;
}
