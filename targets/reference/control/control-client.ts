/** The client of the control plane, with which a deployment queries its own node. Every request has a time limit. */
import type { CrashReport, KilledProcess, NodeIntrospection, UpgradeReport, UserProcess } from '../../target.ts';

const LIMIT_MS = 5_000;
const UPGRADE_LIMIT_MS = 30_000;

/** What any of the answers may hold. */
interface Answer extends Partial<NodeIntrospection> {
  readonly killed?: boolean;
  readonly alive?: boolean;
  readonly pid?: string | null;
  readonly told?: boolean;
  readonly below?: number;
  readonly died?: number;
  readonly error?: string;
  readonly outcome?: UpgradeReport['outcome'];
  readonly migrated?: number;
  readonly leftOnOld?: number;
  readonly reason?: string | null;
  readonly crashes?: readonly { readonly pid: string; readonly behaviour: string; readonly reason: string }[];
  readonly supervisors?: readonly { readonly supervisor: string; readonly context: string; readonly reason: string }[];
}

export class ControlClient {
  /** Where the control plane answers. */
  readonly base: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(host: string, port: number, token: string) {
    this.base = `http://${host}:${port}`;
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

  /** The user's process spins for ever from its next turn. False if it does not exist, or the node does not answer. */
  async runAway(user: string): Promise<boolean> {
    return (await this.#ask('POST', '/chaos/run-away', { user }))?.told === true;
  }

  /** The named process crashes on its next turn. Throws when it is of a kind that takes no poison. */
  async poison(name: string): Promise<boolean> {
    const answer = await this.#ask('POST', '/chaos/poison', { process: name });
    if (answer?.error !== undefined) throw new Error(answer.error);
    return answer?.told === true;
  }

  /** Null when there is no such process, or the node does not answer. */
  async killNamed(name: string): Promise<KilledProcess | null> {
    const answer = await this.#ask('POST', '/chaos/kill', { process: name });
    const { pid = null, below = 0, died = 0 } = answer ?? {};
    return pid === null ? null : { pid, below, died };
  }

  /** Throws when it has no disk. False when the node does not answer. */
  async slowDisk(delayMs: number): Promise<boolean> {
    const answer = await this.#ask('POST', '/chaos/disk', { delayMs });
    if (answer?.error !== undefined) throw new Error(answer.error);
    return answer !== null;
  }

  async namedProcess(name: string): Promise<string | null> {
    return (await this.#ask('GET', `/processes?name=${encodeURIComponent(name)}`))?.pid ?? null;
  }

  /** Throws when there is no such release. A node that does not answer keeps its old code. */
  async upgrade(release: string): Promise<UpgradeReport> {
    const answer = await this.#ask('POST', '/upgrade', { release }, UPGRADE_LIMIT_MS);
    if (answer?.error !== undefined) throw new Error(answer.error);
    if (answer === null)
      return { outcome: 'kept-old-code', release, migrated: 0, leftOnOld: 0, reason: 'the node does not answer' };
    const { outcome = 'kept-old-code', migrated = 0, leftOnOld = 0, reason = null } = answer;
    return { outcome, release, migrated, leftOnOld, reason };
  }

  /** Crashes of processes, then the supervisors that gave up; oldest first each. */
  async crashReports(): Promise<readonly CrashReport[]> {
    const answer = await this.#ask('GET', '/crashes');
    const crashes = (answer?.crashes ?? []).map(({ pid, behaviour, reason }) => ({ process: pid, behaviour, reason }));
    const gaveUp = (answer?.supervisors ?? []).filter(({ reason }) => reason === 'reached_max_restart_intensity');
    return [
      ...crashes,
      ...gaveUp.map(({ supervisor }) => ({ process: supervisor, behaviour: 'supervisor', reason: 'shutdown' })),
    ];
  }

  async #ask(method: string, path: string, body?: unknown, limitMs = LIMIT_MS): Promise<Answer | null> {
    try {
      const response = await fetch(this.base + path, {
        method,
        headers: this.#headers,
        signal: AbortSignal.timeout(limitMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return (await response.json()) as Answer;
    } catch {
      // A node that was just killed does not answer; that is an answer too.
      return null;
    }
  }
}
