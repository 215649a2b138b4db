/** The other end of the control plane: how a deployment asks its own node. Every question has a time limit. */
import type { NodeIntrospection, UserProcess } from '../../target.ts';

const LIMIT_MS = 5_000;

/** What any of the answers may hold. */
interface Answer extends Partial<NodeIntrospection> {
  readonly killed?: boolean;
  readonly alive?: boolean;
  readonly pid?: string;
}

export class ControlClient {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(host: string, port: number, token: string) {
    this.#base = `http://${host}:${port}`;
    this.#headers = { authorization: `Bearer ${token}` };
  }

  /** Heap, connections and processes; null when the node does not answer. */
  async memory(collectGarbage: boolean): Promise<NodeIntrospection | null> {
    const answer = collectGarbage ? await this.#ask('POST', '/gc') : await this.#ask('GET', '/memory');
    if (answer === null) return null;
    const { heapBytes, connections, processes } = answer as NodeIntrospection;
    return { heapBytes, connections, processes };
  }

  /** False when the user had no process, or the node does not answer. */
  async kill(user: string): Promise<boolean> {
    return (await this.#ask('POST', '/processes/kill', { user }))?.killed === true;
  }

  async userProcess(user: string): Promise<UserProcess> {
    const answer = await this.#ask('GET', `/processes?user=${encodeURIComponent(user)}`);
    return answer?.alive === true ? { alive: true, incarnation: String(answer.pid) } : { alive: false };
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Answer | null> {
    try {
      const response = await fetch(this.#base + path, {
        method,
        headers: this.#headers,
        signal: AbortSignal.timeout(LIMIT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return (await response.json()) as Answer;
    } catch {
      // A node that was just killed does not answer; that is an answer too.
      return null;
    }
  }
}
