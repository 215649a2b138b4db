/**
 * A running deployment of the reference server: nodes as OS processes that this one started and alone may kill. Each has its
 * own loopback address, its own log a start, and dies with its parent.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { issueCredential } from '../credential.ts';
import { nodeHost, OwnedProcess, onNode, runtimeText, stateOf } from '../owned-process.ts';
import type {
  Address,
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
import { type ClusterConfiguration, CONFIGURATION_VARIABLE, type NodeConfiguration, type ReadyMessage } from './configuration.ts';
import { type ControlledNode, chaosOn } from './control/chaos.ts';
import { ControlClient } from './control/control-client.ts';
import { type ControlFile, removeControlFile, writeControlFile } from './control/control-file.ts';
import { engineOptions } from './engine-options.ts';
import { PATH } from './gateway/handshake.ts';
import { DEFAULT_LIMITS } from './messaging/limits.ts';
import { settingsOf } from './settings.ts';

/** Long enough for several nodes that start at once on a machine with better things to do. */
const READY_LIMIT_MS = 60_000;
const STOP_GRACE_MS = 7_000;
const KEY_BYTES = 32;
/** Nodes may join; those that run must know from their start by which way to reach them. */
const MAX_JOINING = 8;

/** Sources when run from the checkout, JavaScript when published. */
const MAIN = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url));

interface Secrets {
  readonly tokenKey: Buffer;
  readonly controlToken: string;
  /** What the nodes show each other. */
  readonly cookie: string;
}

/** Starts all nodes; rejects, with nothing left behind, when one does not become ready. */
export async function startDeployment(spec: DeploymentSpec, name: string, version: string): Promise<Deployment> {
  const secrets: Secrets = {
    tokenKey: randomBytes(KEY_BYTES),
    controlToken: randomBytes(KEY_BYTES).toString('base64url'),
    cookie: randomBytes(KEY_BYTES).toString('base64url'),
  };
  mkdirSync(spec.dataDir, { recursive: true });
  mkdirSync(spec.logDir, { recursive: true });
  const nodes = Array.from({ length: spec.nodes }, (_, index) => new NodeProcess(spec, secrets, index));
  try {
    await Promise.all(nodes.map((node) => node.start()));
  } catch (error) {
    for (const node of nodes) node.killNow();
    throw error;
  }
  return new ReferenceDeployment(spec, secrets, nodes, { name, version, runtime: runtimeText(spec.runtime) });
}

class ReferenceDeployment implements Deployment {
  readonly chaos: ProcessChaos = chaosOn(() => this.#answering());
  readonly target: Deployment['target'];
  readonly nodes: NodeProcess[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly presenceLingerMs: number;
  readonly #spec: DeploymentSpec;
  readonly #secrets: Secrets;
  /** Nodes that are being started to join. */
  readonly #joining = new Set<NodeProcess>();
  #started: number;
  #stopping: Promise<void> | null = null;

  constructor(spec: DeploymentSpec, secrets: Secrets, nodes: readonly NodeProcess[], target: Deployment['target']) {
    this.target = target;
    this.nodes = [...nodes];
    this.config = { nodes: spec.nodes, durability: spec.durability, ...spec.config };
    this.presenceLingerMs = settingsOf(spec.config).limits.lingerMs ?? DEFAULT_LIMITS.lingerMs;
    this.#spec = spec;
    this.#secrets = secrets;
    this.#started = nodes.length;
    this.#writeControlFile();
  }

  async addNode(): Promise<DeployedNode | null> {
    if (this.#spec.nodes === 1)
      throw new Error('a node that was started alone has no mesh that another could join; start two or more');
    if (this.#started === this.#spec.nodes + MAX_JOINING)
      throw new Error(`${MAX_JOINING} nodes have joined; there is room for no more`);
    if (this.#stopping !== null) throw new Error('the deployment is stopped');
    const node = new NodeProcess(this.#spec, this.#secrets, this.#started);
    this.#started++;
    this.#joining.add(node);
    try {
      await node.start();
    } catch (error) {
      node.killNow();
      throw error;
    } finally {
      this.#joining.delete(node);
    }
    this.nodes.push(node);
    this.nodes.sort((a, b) => a.index - b.index);
    this.#writeControlFile();
    return node;
  }

  credential(user: string, device: string): Credential {
    return issueCredential(this.#secrets.tokenKey, user, device);
  }

  async killUserProcess(user: string): Promise<boolean> {
    const answers = await Promise.all(this.#controls().map((control) => control.kill(user)));
    return answers.includes(true);
  }

  async userProcess(user: string): Promise<UserProcess> {
    const answers = await Promise.all(this.#controls().map((control) => control.userProcess(user)));
    return answers.find(({ alive }) => alive) ?? { alive: false };
  }

  stop(): Promise<void> {
    removeControlFile(this.#spec.dataDir);
    this.#stopping ??= Promise.all([...this.nodes, ...this.#joining].map((node) => node.leave())).then(() => undefined);
    return this.#stopping;
  }

  killNow(): void {
    removeControlFile(this.#spec.dataDir);
    for (const node of [...this.nodes, ...this.#joining]) node.killNow();
  }

  /** Of the nodes that can answer: asking a paused one would only wait. */
  #answering(): readonly ControlledNode[] {
    return this.nodes.flatMap(({ name, state, control }) => (state === 'ready' && control !== null ? { name, control } : []));
  }

  #controls(): readonly ControlClient[] {
    return this.#answering().map(({ control }) => control);
  }

  #writeControlFile(): void {
    const nodes = this.nodes.map(({ name, control }) => ({ name, url: control?.base ?? '' }));
    writeControlFile(this.#spec.dataDir, { token: this.#secrets.controlToken, nodes } satisfies ControlFile);
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
  #httpPort = 0;
  /** 0 also without a mesh. */
  #meshPort = 0;
  #process: OwnedProcess | null = null;
  /** The present process said that it is ready. */
  #serving = false;

  constructor(spec: DeploymentSpec, secrets: Secrets, index: number) {
    this.name = nodeName(index);
    this.index = index;
    this.#spec = spec;
    this.#secrets = secrets;
    this.#host = nodeHost(spec.deployment, index);
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

  get httpEndpoint(): Address | null {
    return this.#httpPort === 0 ? null : { host: this.#host, port: this.#httpPort };
  }

  get meshEndpoint(): Address | null {
    return this.#meshPort === 0 ? null : { host: this.#host, port: this.#meshPort };
  }

  async start(): Promise<void> {
    this.incarnation++;
    this.#serving = false;
    const { limits, mutant, planted } = settingsOf(this.#spec.config);
    const cluster = this.#cluster();
    const configuration: NodeConfiguration = {
      name: this.name,
      host: this.#host,
      port: this.#port,
      controlPort: this.#controlPort,
      httpPort: this.#httpPort,
      dataDir: join(this.#spec.dataDir, 'store'),
      durability: this.#spec.durability,
      tokenKey: this.#secrets.tokenKey.toString('base64url'),
      controlToken: this.#secrets.controlToken,
      limits,
      chaos: true,
      ...(cluster === null ? {} : { cluster }),
      ...(mutant === undefined ? {} : { mutant }),
      ...(planted === undefined ? {} : { planted }),
    };
    const logFile = join(this.#spec.logDir, `${this.name}-${this.incarnation}.log`);
    const owned = new OwnedProcess({
      name: `node ${this.name}`,
      ...this.#command(),
      env: {
        // Compiled code of the first start, so that a restart does not spend its time on reading sources.
        NODE_COMPILE_CACHE: join(this.#spec.dataDir, 'code'),
        ...process.env,
        ...this.#spec.env,
        [CONFIGURATION_VARIABLE]: JSON.stringify(configuration),
      },
      logFile,
    });
    this.#process = owned;
    const ready = await owned.answer(readyMessage, READY_LIMIT_MS);
    this.#port = ready.port;
    this.#controlPort = ready.controlPort;
    this.#httpPort = ready.httpPort;
    this.#meshPort = ready.meshPort ?? 0;
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

  async pause(): Promise<void> {
    if (this.#process === null) throw new Error(`node ${this.name} was never started`);
    await this.#process.pause();
  }

  async resume(): Promise<void> {
    this.#process?.resume();
  }

  async leave(): Promise<void> {
    await this.#process?.stop(STOP_GRACE_MS);
  }

  killNow(): void {
    this.#process?.killNow();
  }

  #command(): ReturnType<typeof onNode> {
    const { runtime } = this.#spec;
    const { file, args } = onNode(runtime, ['--expose-gc', MAIN]);
    return { file, args: [...engineOptions(runtime?.version ?? process.versions.node), ...args] };
  }

  /** What a node of several is told; null for one that is alone. */
  #cluster(): ClusterConfiguration | null {
    const { nodes, via } = this.#spec;
    if (nodes === 1) return null;
    const peers = Array.from({ length: nodes + MAX_JOINING }, (_, index) => nodeName(index)).filter((name) => name !== this.name);
    const ways = peers.flatMap((peer) => {
      const way = via?.(this.name, peer) ?? null;
      return way === null ? [] : [[peer, way] as const];
    });
    return { cookie: this.#secrets.cookie, meshPort: this.#meshPort, via: Object.fromEntries(ways) };
  }
}

function nodeName(index: number): string {
  return `n${index + 1}`;
}

function readyMessage(message: unknown): ReadyMessage | null {
  return (message as Partial<ReadyMessage>).type === 'ready' ? (message as ReadyMessage) : null;
}
