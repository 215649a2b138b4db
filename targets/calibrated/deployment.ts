/** A running calibrated server: one node, one OS process that this deployment started and alone may kill. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { issueCredential } from '../credential.ts';
import { OwnedNode } from '../owned-node.ts';
import { type OwnedProcess, onNode, type Program, runtimeText, saysReady } from '../owned-process.ts';
import type {
  Credential,
  DeployedNode,
  Deployment,
  DeploymentSpec,
  Endpoint,
  NodeIntrospection,
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
  await node.start();
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

  /** Drops the user's connection; the mailbox stays. */
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
    return this.#node.leave();
  }

  killNow(): void {
    this.#node.killNow();
  }
}

class CalibratedNode extends OwnedNode {
  readonly meshEndpoint = null;
  readonly #tokenKey: Buffer;
  readonly #config: CalibratedConfig;
  /** 0 until the first start; the same from then on. */
  #port = 0;
  #killedAtUs = 0;
  #process: OwnedProcess | null = null;
  #questions = 0;
  readonly #waiting = new Map<number, (answer: unknown) => void>();

  constructor(spec: DeploymentSpec, tokenKey: Buffer, config: CalibratedConfig) {
    super(spec, { index: 0, stopGraceMs: STOP_GRACE_MS });
    this.#tokenKey = tokenKey;
    this.#config = config;
  }

  get endpoint(): Endpoint {
    return { host: this.host, port: this.#port, path: PATH };
  }

  protected program(): Program {
    return { ...onNode(this.spec.runtime, ['--expose-gc', MAIN]), env: { ...process.env, ...this.spec.env } };
  }

  /** Not before it has been down for as long as it was told. */
  protected async serves(owned: OwnedProcess): Promise<void> {
    this.#process = owned;
    owned.onMessage((message) => this.#answered(message as FromNode));
    void owned.gone.then(() => {
      for (const answer of this.#waiting.values()) answer(null);
      this.#waiting.clear();
    });
    const listenAtUs = this.incarnation === 1 ? 0 : this.#killedAtUs + this.#config.downtimeMs * 1000;
    const start: NodeStart = {
      name: this.name,
      host: this.host,
      port: this.#port,
      tokenKey: this.#tokenKey.toString('base64url'),
      incarnation: this.incarnation,
      listenAtUs,
      config: this.#config,
    };
    this.#tell({ type: 'start', start });
    this.#port = await owned.ready(saysReady(readyPort), READY_LIMIT_MS + Math.max(0, listenAtUs - nowUs()) / 1000);
  }

  override introspect(options?: { readonly collectGarbage?: boolean }): Promise<NodeIntrospection | null> {
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

  override leave(): Promise<void> {
    this.#killedAtUs = nowUs();
    return super.leave();
  }

  override killNow(): void {
    if (this.state !== 'dead') this.#killedAtUs = nowUs();
    super.killNow();
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
