/**
 * A running deployment of the reference server: nodes as OS processes that this one started and alone may kill. Each has its
 * own loopback address, its own log a start, and dies with its parent.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { issueCredential } from '../credential.ts';
import { nodeHost, OwnedProcess } from '../owned-process.ts';
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
const KEY_BYTES = 32;

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
    return issueCredential(this.#tokenKey, user, device);
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
  control: ControlClient | null = null;
  readonly #spec: DeploymentSpec;
  readonly #secrets: Secrets;
  readonly #host: string;
  /** 0 until the first start; the same from then on. */
  #port = 0;
  #controlPort = 0;
  #process: OwnedProcess | null = null;
  /** The present process said that it is ready. */
  #serving = false;

  constructor(spec: DeploymentSpec, secrets: Secrets, index: number) {
    this.name = `n${index + 1}`;
    this.index = index;
    this.#spec = spec;
    this.#secrets = secrets;
    this.#host = nodeHost(spec.deployment, index);
  }

  get state(): NodeState {
    if (this.#process?.alive !== true) return 'dead';
    return this.#serving ? 'ready' : 'starting';
  }

  get osPid(): number | null {
    return this.#process?.osPid ?? null;
  }

  get endpoint(): Endpoint {
    return { host: this.#host, port: this.#port, path: PATH };
  }

  async start(): Promise<void> {
    this.incarnation++;
    this.#serving = false;
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
    const owned = new OwnedProcess({
      name: `node ${this.name}`,
      args: ['--expose-gc', MAIN],
      env: {
        // Compiled code of the first start, so that a restart does not spend its time on reading sources.
        NODE_COMPILE_CACHE: join(this.#spec.dataDir, 'code'),
        ...process.env,
        [CONFIGURATION_VARIABLE]: JSON.stringify(configuration),
      },
      logFile,
    });
    this.#process = owned;
    const ready = await owned.answer(readyMessage, READY_LIMIT_MS);
    this.#port = ready.port;
    this.#controlPort = ready.controlPort;
    this.control = new ControlClient(this.#host, ready.controlPort, this.#secrets.controlToken);
    this.#serving = true;
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  async restart(): Promise<void> {
    if (this.state !== 'dead') throw new Error(`node ${this.name} is ${this.state}; only a dead node can be restarted`);
    await this.start();
  }

  introspect(options?: { readonly collectGarbage?: boolean }): Promise<NodeIntrospection | null> {
    if (this.control === null || this.state !== 'ready') return Promise.resolve(null);
    return this.control.memory(options?.collectGarbage === true);
  }

  async stop(): Promise<void> {
    await this.#process?.stop(STOP_GRACE_MS);
  }

  killNow(): void {
    this.#process?.killNow();
  }
}

function readyMessage(message: unknown): ReadyMessage | null {
  return (message as Partial<ReadyMessage>).type === 'ready' ? (message as ReadyMessage) : null;
}
