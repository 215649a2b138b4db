/** A running calibrated server: one node, one OS process that this deployment started and alone may kill. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { issueToken } from '../protocol/token.ts';
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
const TOKEN_LIFE_SECONDS = 86_400;
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
  readonly target = { name: 'calibrated', version: '1', runtime: `node ${process.versions.node}` };
  readonly nodes: readonly DeployedNode[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly #node: CalibratedNode;
  readonly #tokenKey: Buffer;

  constructor(spec: DeploymentSpec, tokenKey: Buffer, node: CalibratedNode) {
    this.nodes = [node];
    this.config = spec.config;
    this.#node = node;
    this.#tokenKey = tokenKey;
  }

  credential(user: string, device: string): Credential {
    const expiresAt = Math.floor(Date.now() / 1000) + TOKEN_LIFE_SECONDS;
    const { token, secret } = issueToken(this.#tokenKey, { user, device, expiresAt, tokenId: randomUUID() });
    return { user, device, token, secret };
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
  incarnation = 0;
  state: NodeState = 'dead';
  readonly #spec: DeploymentSpec;
  readonly #tokenKey: Buffer;
  readonly #config: CalibratedConfig;
  readonly #host: string;
  /** 0 until the first start; the same from then on. */
  #port = 0;
  #killedAtUs = 0;
  #child: ChildProcess | null = null;
  #gone: Promise<void> = Promise.resolve();
  #questions = 0;
  readonly #waiting = new Map<number, (answer: unknown) => void>();

  constructor(spec: DeploymentSpec, tokenKey: Buffer, config: CalibratedConfig) {
    this.#spec = spec;
    this.#tokenKey = tokenKey;
    this.#config = config;
    // Only Linux answers on the whole of 127.0.0.0/8 without being asked to.
    this.#host = process.platform === 'linux' ? `127.0.${spec.deployment}.1` : '127.0.0.1';
  }

  get osPid(): number | null {
    return this.state === 'dead' ? null : (this.#child?.pid ?? null);
  }

  get endpoint(): Endpoint {
    return { host: this.#host, port: this.#port, path: PATH };
  }

  /** Resolves when the node listens, which is not before `listenAtUs`. */
  async start(listenAtUs: number): Promise<void> {
    this.incarnation += 1;
    this.state = 'starting';
    const log = openSync(join(this.#spec.logDir, `${this.name}-${this.incarnation}.log`), 'w');
    const child = spawn(process.execPath, ['--expose-gc', MAIN], { stdio: ['ignore', log, log, 'ipc'] });
    closeSync(log);
    this.#child = child;
    this.#gone = new Promise((resolve) => {
      const end = (): void => {
        if (this.#child === child) this.state = 'dead';
        for (const answer of this.#waiting.values()) answer(null);
        this.#waiting.clear();
        resolve();
      };
      child.once('exit', end);
      child.once('error', end);
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
    this.#port = await this.#ready(child, READY_LIMIT_MS + Math.max(0, listenAtUs - nowUs()) / 1000);
    this.state = 'ready';
  }

  async kill(): Promise<void> {
    this.killNow();
    await this.#gone;
  }

  async restart(): Promise<void> {
    if (this.state !== 'dead') throw new Error(`node ${this.name} is ${this.state}; only a dead node can be restarted`);
    await this.#gone;
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

  /** SIGTERM, then SIGKILL after a grace period. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null || this.state === 'dead') return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
    await this.#gone;
    clearTimeout(timer);
  }

  killNow(): void {
    if (this.state === 'dead') return;
    this.#killedAtUs = nowUs();
    this.#child?.kill('SIGKILL');
  }

  #tell(message: ToNode): void {
    // A node that is dying answers by its exit.
    this.#child?.send(message, () => undefined);
  }

  #ready(child: ChildProcess, limitMs: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new Error(`node ${this.name} did not become ready within ${Math.round(limitMs)} ms; see ${this.#spec.logDir}`));
      }, limitMs);
      child.on('message', (message: FromNode) => {
        if (message.type === 'ready') {
          clearTimeout(timer);
          resolve(message.port);
          return;
        }
        this.#waiting.get(message.id)?.(message.answer);
        this.#waiting.delete(message.id);
      });
      void this.#gone.then(() => {
        clearTimeout(timer);
        reject(new Error(`node ${this.name} ended before it was ready; see ${this.#spec.logDir}`));
      });
    });
  }
}
