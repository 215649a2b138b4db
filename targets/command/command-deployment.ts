/** A server that was started by a command line: one node, one OS process, started and ended here and by nobody else. */
import { connect, createServer } from 'node:net';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { nodeHost, OwnedNode } from '../owned-node.ts';
import { type OwnedProcess, onNode, type Program, type Readiness, runtimeText } from '../owned-process.ts';
import type { Address, Credential, DeployedNode, Deployment, DeploymentSpec, Endpoint, UserProcess } from '../target.ts';
import { type CommandTargetOptions, nameOnly } from './command-options.ts';

const READY_LIMIT_MS = 15_000;
const STOP_GRACE_MS = 2_000;
const PROBE_EVERY_MS = 20;
const PROBE_LIMIT_MS = 1_000;

export class CommandDeployment implements Deployment {
  readonly chaos = null;
  readonly target: Deployment['target'];
  readonly nodes: readonly DeployedNode[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly #node: CommandNodeProcess;
  readonly #credential: (user: string, device: string) => Credential;

  /** Rejects, with nothing left behind, when the server does not become ready. */
  static async start(options: CommandTargetOptions, spec: DeploymentSpec): Promise<CommandDeployment> {
    const node = new CommandNodeProcess(options, spec, await freePort(nodeHost(spec.deployment, 0)));
    await node.start();
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

class CommandNodeProcess extends OwnedNode {
  readonly meshEndpoint = null;
  readonly #options: CommandTargetOptions;
  readonly #port: number;
  /** Of its last start; null for Node. */
  #file: string | null = null;

  constructor(options: CommandTargetOptions, spec: DeploymentSpec, port: number) {
    super(spec, { index: 0, calledInMessages: options.name, stopGraceMs: STOP_GRACE_MS });
    this.#options = options;
    this.#port = port;
  }

  get endpoint(): Endpoint {
    return { host: this.host, port: this.#port, path: this.#options.path ?? '/' };
  }

  /** What it runs on, as far as its command line tells. */
  get runtime(): string {
    return this.#file === null ? runtimeText(this.spec.runtime) : basename(this.#file);
  }

  protected program(): Program {
    const { dataDir, durability, config, runtime, env: given } = this.spec;
    const { host, port } = this.endpoint;
    const { file, args, env, folder } = this.#options.command({ host, port, dataDir, durability, config });
    this.#file = file ?? null;
    return {
      ...(file === undefined ? onNode(runtime, args) : { file, args }),
      ...(folder === undefined ? {} : { folder }),
      env: { ...process.env, ...env, ...given },
    };
  }

  protected serves(owned: OwnedProcess): Promise<void> {
    return owned.ready(takesConnections(this.endpoint), this.#options.readyWithinMs ?? READY_LIMIT_MS);
  }
}

function takesConnections(address: Address): Readiness<void> {
  const port = `${address.host}:${address.port}`;
  return {
    before: `before its port ${port} answered`,
    late: `does not answer on ${port} after`,
    remedy: 'it must listen on the host and the port that command() was given',
    async seen(_process, over) {
      while (!over.aborted && !(await portAnswers(address))) await delay(PROBE_EVERY_MS);
    },
  };
}

/** Connects once and hangs up; false when it is refused, or nothing is heard for a second. */
function portAnswers({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (answers: boolean): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(PROBE_LIMIT_MS, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
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
