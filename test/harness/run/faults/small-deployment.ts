import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { DeployedNode, Deployment, NodeIntrospection, NodeState, UserProcess } from '../../../../targets/target.ts';

const PROGRAM = `
const server = require('http').createServer((_, response) => response.end('here'));
server.listen(Number(process.argv[1]), '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();`;

/** A real OS process that listens and answers, for faults to be tried on; it serves nobody. */
class ListeningNode implements DeployedNode {
  readonly name: string;
  readonly index: number;
  readonly meshEndpoint = null;
  state: NodeState = 'dead';
  incarnation = 0;
  endpoint = { host: '127.0.0.1', port: 0, path: '/' };
  #child: ChildProcess | null = null;

  constructor(index: number) {
    this.index = index;
    this.name = `n${index + 1}`;
  }

  get osPid(): number | null {
    return this.state === 'dead' ? null : (this.#child?.pid ?? null);
  }

  async restart(): Promise<void> {
    this.state = 'starting';
    this.incarnation += 1;
    const child = spawn(process.execPath, ['-e', PROGRAM, String(this.endpoint.port)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child = child;
    child.once('exit', () => {
      if (this.#child === child) this.state = 'dead';
    });
    const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    this.endpoint = { ...this.endpoint, port: Number(line.toString()) };
    this.state = 'ready';
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async pause(): Promise<void> {
    this.#child?.kill('SIGSTOP');
    this.state = 'paused';
  }

  async resume(): Promise<void> {
    this.#child?.kill('SIGCONT');
    this.state = 'ready';
  }

  leave(): Promise<void> {
    if (this.state === 'ready') this.state = 'leaving';
    return this.#end('SIGTERM');
  }

  introspect(): Promise<NodeIntrospection> {
    return Promise.resolve({ heapBytes: 0, connections: 0, processes: 1 });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
}

/** A deployment of listening processes and a table of users' processes, which a test may make lie. */
export class SmallDeployment implements Deployment {
  readonly target = { name: 'small', version: '0', runtime: 'node' };
  readonly config = {};
  readonly chaos = null;
  readonly nodes: ListeningNode[];
  readonly processes = new Map<string, number>();
  /** When set, kills are acknowledged and not carried out. */
  lies = false;

  private constructor(nodes: number) {
    this.nodes = Array.from({ length: nodes }, (_, index) => new ListeningNode(index));
  }

  static async start(nodes = 1): Promise<SmallDeployment> {
    const deployment = new SmallDeployment(nodes);
    await Promise.all(deployment.nodes.map((node) => node.restart()));
    return deployment;
  }

  /** The first. */
  get node(): ListeningNode {
    return this.nodes[0] as ListeningNode;
  }

  async addNode(): Promise<DeployedNode | null> {
    const node = new ListeningNode(this.nodes.length);
    await node.restart();
    this.nodes.push(node);
    return node;
  }

  credential(): never {
    throw new Error('nobody signs in here');
  }

  killUserProcess(user: string): Promise<boolean> {
    const incarnation = this.processes.get(user);
    if (incarnation === undefined) return Promise.resolve(false);
    if (!this.lies) this.processes.set(user, incarnation + 1);
    return Promise.resolve(true);
  }

  userProcess(user: string): Promise<UserProcess> {
    const incarnation = this.processes.get(user);
    return Promise.resolve(incarnation === undefined ? { alive: false } : { alive: true, incarnation: String(incarnation) });
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
  }

  killNow(): void {
    for (const node of this.nodes) void node.kill();
  }
}
