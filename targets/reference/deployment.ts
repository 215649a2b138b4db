/**
 * A running deployment of the reference server: nodes as OS processes that this one started and alone may kill. Each has its
 * own loopback address, its own log a start, and dies with its parent.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { issueCredential } from '../credential.ts';
import { nodeName, OwnedNode } from '../owned-node.ts';
import { type OwnedProcess, onNode, type Program, runtimeText, saysReady } from '../owned-process.ts';
import type {
  Address,
  Credential,
  DeployedNode,
  Deployment,
  DeploymentSpec,
  Endpoint,
  NodeIntrospection,
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
      throw new Error('a node that was started alone has no mesh that another node could join; start two or more');
    if (this.#started === this.#spec.nodes + MAX_JOINING)
      throw new Error(`${MAX_JOINING} nodes have joined; there is room for no more`);
    if (this.#stopping !== null) throw new Error('the deployment is stopped');
    const node = new NodeProcess(this.#spec, this.#secrets, this.#started);
    this.#started++;
    this.#joining.add(node);
    try {
      await node.start();
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

class NodeProcess extends OwnedNode {
  control: ControlClient | null = null;
  readonly #secrets: Secrets;
  /** 0 until the first start; the same from then on. */
  #port = 0;
  #controlPort = 0;
  #httpPort = 0;
  /** 0 also without a mesh. */
  #meshPort = 0;

  constructor(spec: DeploymentSpec, secrets: Secrets, index: number) {
    super(spec, { index, stopGraceMs: STOP_GRACE_MS });
    this.#secrets = secrets;
  }

  get endpoint(): Endpoint {
    return { host: this.host, port: this.#port, path: PATH };
  }

  get httpEndpoint(): Address | null {
    return this.#httpPort === 0 ? null : { host: this.host, port: this.#httpPort };
  }

  get meshEndpoint(): Address | null {
    return this.#meshPort === 0 ? null : { host: this.host, port: this.#meshPort };
  }

  protected program(): Program {
    const { runtime, dataDir, durability, env, config } = this.spec;
    const { limits, mutant, planted } = settingsOf(config);
    const cluster = this.#cluster();
    const configuration: NodeConfiguration = {
      name: this.name,
      host: this.host,
      port: this.#port,
      controlPort: this.#controlPort,
      httpPort: this.#httpPort,
      dataDir: join(dataDir, 'store'),
      durability,
      tokenKey: this.#secrets.tokenKey.toString('base64url'),
      controlToken: this.#secrets.controlToken,
      limits,
      chaos: true,
      ...(cluster === null ? {} : { cluster }),
      ...(mutant === undefined ? {} : { mutant }),
      ...(planted === undefined ? {} : { planted }),
    };
    const { file, args } = onNode(runtime, ['--expose-gc', MAIN]);
    return {
      file,
      args: [...engineOptions(runtime?.version ?? process.versions.node), ...args],
      env: {
        // Compiled code of the first start, so that a restart does not spend its time on reading sources.
        NODE_COMPILE_CACHE: join(dataDir, 'code'),
        ...process.env,
        ...env,
        [CONFIGURATION_VARIABLE]: JSON.stringify(configuration),
      },
    };
  }

  protected async serves(owned: OwnedProcess): Promise<void> {
    const ready = await owned.ready(saysReady(readyMessage), READY_LIMIT_MS);
    this.#port = ready.port;
    this.#controlPort = ready.controlPort;
    this.#httpPort = ready.httpPort;
    this.#meshPort = ready.meshPort ?? 0;
    this.control = new ControlClient(this.host, ready.controlPort, this.#secrets.controlToken);
  }

  override introspect(options?: { readonly collectGarbage?: boolean }): Promise<NodeIntrospection | null> {
    if (this.control === null || this.state !== 'ready') return Promise.resolve(null);
    return this.control.memory(options?.collectGarbage === true);
  }

  /** What a node of several is told; null for one that is alone. */
  #cluster(): ClusterConfiguration | null {
    const { nodes, via } = this.spec;
    if (nodes === 1) return null;
    const peers = Array.from({ length: nodes + MAX_JOINING }, (_, index) => nodeName(index)).filter((name) => name !== this.name);
    const ways = peers.flatMap((peer) => {
      const way = via?.(this.name, peer) ?? null;
      return way === null ? [] : [[peer, way] as const];
    });
    return { cookie: this.#secrets.cookie, meshPort: this.#meshPort, via: Object.fromEntries(ways) };
  }
}

function readyMessage(message: unknown): ReadyMessage | null {
  return (message as Partial<ReadyMessage>).type === 'ready' ? (message as ReadyMessage) : null;
}
