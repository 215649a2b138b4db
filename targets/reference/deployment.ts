/**
 * A running deployment of the reference server: nodes as OS processes that this one started and alone may kill. Each has its
 * own loopback address, its own log a start, and dies with its parent.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
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
  ProcessChaos,
  UserProcess,
} from '../target.ts';
import { CONFIGURATION_VARIABLE, type NodeConfiguration, type ReadyMessage } from './configuration.ts';
import { chaosOn } from './control/chaos.ts';
import { ControlClient } from './control/control-client.ts';
import { type ControlFile, removeControlFile, writeControlFile } from './control/control-file.ts';
import { PATH } from './gateway/handshake.ts';
import type { Limits } from './messaging/limits.ts';

const READY_LIMIT_MS = 15_000;
const STOP_GRACE_MS = 7_000;
const TOKEN_LIFE_SECONDS = 86_400;
const KEY_BYTES = 32;
const LOG_TAIL_BYTES = 2_000;

/** Sources when run from the checkout, JavaScript when published. */
const MAIN = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url));

interface Secrets {
  readonly tokenKey: Buffer;
  readonly controlToken: string;
}

/** Starts all nodes; rejects, with nothing left behind, when one does not become ready. */
export async function startDeployment(spec: DeploymentSpec, name: string, version: string): Promise<Deployment> {
  const secrets: Secrets = { tokenKey: randomBytes(KEY_BYTES), controlToken: randomBytes(KEY_BYTES).toString('base64url') };
  mkdirSync(spec.dataDir, { recursive: true });
  mkdirSync(spec.logDir, { recursive: true });
  const nodes = Array.from({ length: spec.nodes }, (_, index) => new NodeProcess(spec, secrets, index));
  try {
    await Promise.all(nodes.map((node) => node.start()));
  } catch (error) {
    for (const node of nodes) node.killNow();
    throw error;
  }
  return new ReferenceDeployment(spec, secrets, nodes, { name, version, runtime: `node ${process.versions.node}` });
}

class ReferenceDeployment implements Deployment {
  readonly chaos: ProcessChaos = chaosOn(() => this.nodes.flatMap(({ control }) => control ?? []));
  readonly target: Deployment['target'];
  readonly nodes: readonly NodeProcess[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly #tokenKey: Buffer;
  readonly #dataDir: string;
  #stopping: Promise<void> | null = null;

  constructor(spec: DeploymentSpec, secrets: Secrets, nodes: readonly NodeProcess[], target: Deployment['target']) {
    this.target = target;
    this.nodes = nodes;
    this.config = { nodes: spec.nodes, durability: spec.durability, ...spec.config };
    this.#tokenKey = secrets.tokenKey;
    this.#dataDir = spec.dataDir;
    writeControlFile(spec.dataDir, {
      token: secrets.controlToken,
      nodes: nodes.map(({ name, control }) => ({ name, url: control?.base ?? '' })),
    } satisfies ControlFile);
  }

  credential(user: string, device: string): Credential {
    const expiresAt = Math.floor(Date.now() / 1000) + TOKEN_LIFE_SECONDS;
    const { token, secret } = issueToken(this.#tokenKey, { user, device, expiresAt, tokenId: randomUUID() });
    return { user, device, token, secret };
  }

  async killUserProcess(user: string): Promise<boolean> {
    const answers = await Promise.all(this.nodes.map((node) => node.control?.kill(user) ?? false));
    return answers.includes(true);
  }

  async userProcess(user: string): Promise<UserProcess> {
    for (const node of this.nodes) {
      const found = await node.control?.userProcess(user);
      if (found?.alive === true) return found;
    }
    return { alive: false };
  }

  stop(): Promise<void> {
    removeControlFile(this.#dataDir);
    this.#stopping ??= Promise.all(this.nodes.map((node) => node.stop())).then(() => undefined);
    return this.#stopping;
  }

  killNow(): void {
    removeControlFile(this.#dataDir);
    for (const node of this.nodes) node.killNow();
  }
}

class NodeProcess implements DeployedNode {
  readonly name: string;
  readonly index: number;
  incarnation = 0;
  state: NodeState = 'dead';
  control: ControlClient | null = null;
  readonly #spec: DeploymentSpec;
  readonly #secrets: Secrets;
  readonly #host: string;
  /** 0 until the first start; the same from then on. */
  #port = 0;
  #controlPort = 0;
  #child: ChildProcess | null = null;
  #gone: Promise<void> = Promise.resolve();

  constructor(spec: DeploymentSpec, secrets: Secrets, index: number) {
    this.name = `n${index + 1}`;
    this.index = index;
    this.#spec = spec;
    this.#secrets = secrets;
    // Only Linux answers on the whole of 127.0.0.0/8 without being asked to.
    this.#host = process.platform === 'linux' ? `127.0.${spec.deployment}.${index + 1}` : '127.0.0.1';
  }

  get osPid(): number | null {
    return this.state === 'dead' ? null : (this.#child?.pid ?? null);
  }

  get endpoint(): Endpoint {
    return { host: this.#host, port: this.#port, path: PATH };
  }

  async start(): Promise<void> {
    this.incarnation++;
    this.state = 'starting';
    const configuration: NodeConfiguration = {
      name: this.name,
      host: this.#host,
      port: this.#port,
      controlPort: this.#controlPort,
      dataDir: join(this.#spec.dataDir, 'store'),
      durability: this.#spec.durability,
      tokenKey: this.#secrets.tokenKey.toString('base64url'),
      controlToken: this.#secrets.controlToken,
      limits: this.#spec.config as Partial<Limits>,
      chaos: true,
    };
    const logFile = join(this.#spec.logDir, `${this.name}-${this.incarnation}.log`);
    const log = openSync(logFile, 'w');
    const child = spawn(process.execPath, ['--expose-gc', MAIN], {
      stdio: ['ignore', log, log, 'ipc'],
      env: {
        // Compiled code of the first start, so that a restart does not spend its time on reading sources.
        NODE_COMPILE_CACHE: join(this.#spec.dataDir, 'code'),
        ...process.env,
        [CONFIGURATION_VARIABLE]: JSON.stringify(configuration),
      },
    });
    closeSync(log);
    this.#child = child;
    this.#gone = new Promise<void>((resolve) => {
      const end = (): void => {
        if (this.#child === child) this.state = 'dead';
        resolve();
      };
      child.once('exit', end);
      child.once('error', end);
    });
    const ready = await this.#ready(child, logFile);
    this.#port = ready.port;
    this.#controlPort = ready.controlPort;
    this.control = new ControlClient(this.#host, ready.controlPort, this.#secrets.controlToken);
    this.state = 'ready';
  }

  async kill(): Promise<void> {
    this.killNow();
    await this.#gone;
  }

  async restart(): Promise<void> {
    if (this.state !== 'dead') throw new Error(`node ${this.name} is ${this.state}; only a dead node can be restarted`);
    await this.#gone;
    await this.start();
  }

  introspect(options?: { readonly collectGarbage?: boolean }): Promise<NodeIntrospection | null> {
    if (this.control === null || this.state !== 'ready') return Promise.resolve(null);
    return this.control.memory(options?.collectGarbage === true);
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
    if (this.state !== 'dead') this.#child?.kill('SIGKILL');
  }

  #ready(child: ChildProcess, logFile: string): Promise<ReadyMessage> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        settle(new Error(`node ${this.name} was not ready within ${READY_LIMIT_MS} ms; its log is ${logFile}`));
      }, READY_LIMIT_MS);
      const onExit = (code: number | null, signal: string | null): void =>
        settle(new Error(`node ${this.name} ended (${signal ?? `exit ${code}`}) before it was ready: ${tail(logFile)}`));
      const onMessage = (message: unknown): void => {
        if ((message as Partial<ReadyMessage>).type === 'ready') settle(message as ReadyMessage);
      };
      const settle = (outcome: ReadyMessage | Error): void => {
        clearTimeout(timer);
        child.removeListener('exit', onExit);
        child.removeListener('error', settle);
        child.removeListener('message', onMessage);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      child.on('exit', onExit);
      child.on('error', settle);
      child.on('message', onMessage);
    });
  }
}

function tail(file: string): string {
  const text = readFileSync(file, 'utf8').trim();
  return text === '' ? 'its log is empty' : text.slice(-LOG_TAIL_BYTES);
}
