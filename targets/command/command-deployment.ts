/** A server that was started by a command line: one node, one OS process, started and ended here and by nobody else. */
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { nodeHost, OwnedProcess, onNode, runtimeText, stateOf } from '../owned-process.ts';
import type { Credential, DeployedNode, Deployment, DeploymentSpec, Endpoint, NodeState, UserProcess } from '../target.ts';
import { type CommandTargetOptions, nameOnly } from './command-options.ts';
import { portAnswers } from './port-answers.ts';

const READY_LIMIT_MS = 15_000;
const STOP_GRACE_MS = 2_000;
const PROBE_EVERY_MS = 20;

export class CommandDeployment implements Deployment {
  readonly chaos = null;
  readonly target: Deployment['target'];
  readonly nodes: readonly DeployedNode[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly #node: CommandNodeProcess;
  readonly #credential: (user: string, device: string) => Credential;

  /** Rejects, with nothing left behind, when the server does not become ready. */
  static async start(options: CommandTargetOptions, spec: DeploymentSpec): Promise<CommandDeployment> {
    const host = nodeHost(spec.deployment, 0);
    const node = new CommandNodeProcess(options, spec, { host, port: await freePort(host), path: options.path ?? '/' });
    try {
      await node.start();
    } catch (error) {
      node.killNow();
      throw error;
    }
    return new CommandDeployment(options, spec, node);
  }

  private constructor(options: CommandTargetOptions, spec: DeploymentSpec, node: CommandNodeProcess) {
    const { name, version = '', runtime = node.runtime } = options;
    this.target = { name, version, runtime };
    this.nodes = [node];
    this.config = spec.config;
    this.#node = node;
    this.#credential = options.credential?.bind(options) ?? nameOnly;
  }

  credential(user: string, device: string): Credential {
    return this.#credential(user, device);
  }

  killUserProcess(): Promise<boolean> {
    return Promise.resolve(false);
  }

  userProcess(): Promise<UserProcess> {
    return Promise.resolve({ alive: false });
  }

  addNode(): Promise<null> {
    return Promise.resolve(null);
  }

  stop(): Promise<void> {
    return this.#node.leave();
  }

  killNow(): void {
    this.#node.killNow();
  }
}

class CommandNodeProcess implements DeployedNode {
  readonly name = 'n1';
  readonly index = 0;
  readonly meshEndpoint = null;
  readonly endpoint: Endpoint;
  incarnation = 0;
  readonly #options: CommandTargetOptions;
  readonly #spec: DeploymentSpec;
  #process: OwnedProcess | null = null;
  /** The program of its last start; null for Node. */
  #program: string | null = null;
  /** Its port took a connection. */
  #serving = false;

  constructor(options: CommandTargetOptions, spec: DeploymentSpec, endpoint: Endpoint) {
    this.#options = options;
    this.#spec = spec;
    this.endpoint = endpoint;
  }

  get state(): NodeState {
    return stateOf(this.#process, this.#serving);
  }

  /** What it runs on, as far as its command line tells. */
  get runtime(): string {
    return this.#program === null ? runtimeText(this.#spec.runtime) : basename(this.#program);
  }

  get osPid(): number | null {
    return this.#process?.osPid ?? null;
  }

  /** Resolves when the server's port takes a connection. */
  async start(): Promise<void> {
    const { dataDir, logDir, durability, config, runtime, env: given } = this.#spec;
    const { host, port } = this.endpoint;
    const { file, args, env, folder } = this.#options.command({ host, port, dataDir, durability, config });
    this.#program = file ?? null;
    this.incarnation += 1;
    this.#serving = false;
    const owned = new OwnedProcess({
      name: this.#options.name,
      ...(file === undefined ? onNode(runtime, args) : { file, args }),
      env: { ...process.env, ...env, ...given },
      logFile: join(logDir, `${this.name}-${this.incarnation}.log`),
      ...(folder === undefined ? {} : { folder }),
    });
    this.#process = owned;
    const limitMs = this.#options.readyWithinMs ?? READY_LIMIT_MS;
    const until = performance.now() + limitMs;
    while (!(await portAnswers(this.endpoint))) {
      if (!owned.alive) throw new Error(`${this.#options.name} ${owned.ended(`before its port ${host}:${port} answered`)}`);
      if (performance.now() > until) {
        throw new Error(
          `${this.#options.name} does not answer on ${host}:${port} after ${limitMs} ms; ${owned.logTail()}\n  it must listen on the host and the port that command() was given`,
        );
      }
      await delay(PROBE_EVERY_MS);
    }
    this.#serving = true;
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  async restart(): Promise<void> {
    if (this.state !== 'dead') throw new Error(`${this.name} is ${this.state}; only a dead node can be started again`);
    await this.start();
  }

  async pause(): Promise<void> {
    if (this.#process === null) throw new Error(`${this.name} was never started`);
    await this.#process.pause();
  }

  async resume(): Promise<void> {
    this.#process?.resume();
  }

  async leave(): Promise<void> {
    await this.#process?.stop(STOP_GRACE_MS);
  }

  introspect(): Promise<null> {
    return Promise.resolve(null);
  }

  killNow(): void {
    this.#process?.killNow();
  }
}

/** A port of `host` that nobody listens on; the server is to listen there before anybody else does. */
function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port: 0 }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
