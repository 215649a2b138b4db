import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { DeployedNode, Deployment, UserProcess } from '../../../targets/target.ts';

/** A real OS process that listens, for faults to be tried on; it serves nothing. */
class ListeningNode implements DeployedNode {
  readonly name = 'n1';
  readonly index = 0;
  state: DeployedNode['state'] = 'dead';
  incarnation = 0;
  endpoint = { host: '127.0.0.1', port: 0, path: '/' };
  readonly meshEndpoint = null;
  #child: ChildProcess | null = null;

  get osPid(): number | null {
    return this.state === 'dead' ? null : (this.#child?.pid ?? null);
  }

  async restart(): Promise<void> {
    const program = `const s = require('net').createServer().listen(${this.endpoint.port}, '127.0.0.1', () => console.log(s.address().port)); process.stdin.on('end', () => process.exit()).resume();`;
    const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child = child;
    const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    this.endpoint = { ...this.endpoint, port: Number(line.toString()) };
    this.incarnation += 1;
    this.state = 'ready';
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    this.state = 'dead';
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
    return this.kill();
  }

  introspect(): Promise<null> {
    return Promise.resolve(null);
  }
}

/** A deployment of one listening process and a table of users' processes, which a test may make lie. */
export class SmallDeployment implements Deployment {
  readonly target = { name: 'small', version: '0', runtime: 'node' };
  readonly config = {};
  readonly chaos = null;
  readonly node = new ListeningNode();
  readonly nodes: readonly DeployedNode[] = [this.node];
  readonly processes = new Map<string, number>();
  /** When set, kills are acknowledged and not carried out. */
  lies = false;

  credential(): never {
    throw new Error('nobody signs in here');
  }

  addNode(): Promise<never> {
    return Promise.reject(new Error('there is one node'));
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
    await this.node.kill();
  }

  killNow(): void {
    void this.node.kill();
  }
}
