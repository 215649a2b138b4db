/**
 * The interface every target implements, public as `letitcrash/target`: how to start, find, kill and measure a messaging server, and what it promises.
 *
 * In: a DeploymentSpec. Out: a Deployment, whose nodes are OS processes this run started and alone may kill.
 * The harness knows targets through this file only; a target never imports the harness.
 */

/** What a target can do. A scenario that needs something absent is refused before anything starts. */
export type Capability =
  | 'kill-process' // kill one user's server-side process, or a named one
  | 'kill-supervisor' // kill a supervisor by its name, and whatever it started with it
  | 'kill-node' // SIGKILL a node's OS process and start it again
  | 'pause-node' // SIGSTOP a node's OS process, and let it go on
  | 'rolling-restart' // a node can be asked to leave (SIGTERM) and be started again
  | 'receipts' // promised: delivered and read receipts, never before the fact
  | 'presence' // promised: who watches a user is told whether that user is online
  | 'devices' // a user may be signed in with several devices at once, each of which gets every message
  | 'resume' // promised: what was acknowledged reaches a receiver who was away or cut off, once he is back
  | 'multi-node'
  | 'join-node' // a node more can be started while the others run
  | 'partition' // nodes reach each other by way of `DeploymentSpec.via` where that gives one
  | 'slow-disk' // a node's store can be made to answer late
  | 'clock-jump' // the node's time comes from its own process, so that `DeploymentSpec.env` can falsify it
  | 'http' // HTTP on the same event loop (`DeployedNode.httpEndpoint`); bearers as in protocol/README.md
  | 'heap-stats' // a node reports its own V8 or VM heap
  | 'runaway-process' // a user's process can be made to spin for ever
  | 'crash-loop' // a named process can be poisoned until its supervisor gives up
  | 'upgrade' // code can be swapped while it runs
  | 'node-runtime'; // its nodes run on the Node of `DeploymentSpec.runtime`

/** How far an acknowledged message has travelled: on disk and flushed, committed to the OS, or in memory only. */
export type Durability = 'fsync' | 'commit' | 'memory';

export interface DeploymentSpec {
  readonly nodes: number;
  readonly durability: Durability;
  /** Directory for the deployment's data; made and owned by the run. */
  readonly dataDir: string;
  /** Directory for stdout/stderr logs, one file a node and incarnation. */
  readonly logDir: string;
  /** Loopback addresses are 127.0.<deployment>.<node>, so that deployments and nodes can be told apart. 1 to 250. */
  readonly deployment: number;
  /** Target-specific settings of the scenario (`target.config`), checked by the target's own `checkConfig`. */
  readonly config: Readonly<Record<string, unknown>>;
  /**
   * Where a node finds a peer when not at its own address: a proxy's. Asked for every pair of names when `from` starts, also for
   * the names of nodes that may join later; null for a pair that talks directly, and instead of the function when all do.
   */
  readonly via: ((from: string, to: string) => Address | null) | null;
  /** Environment of the node processes beyond this one's, e.g. LD_PRELOAD. */
  readonly env: Readonly<Record<string, string>>;
  /** What node processes of a target in JavaScript run on; absent where it is this process's own Node, without flags. */
  readonly runtime?: NodeRuntime;
}

/** A Node to run on (capability node-runtime). */
export interface NodeRuntime {
  /** Path of the executable. */
  readonly executable: string;
  /** As in process.versions.node. */
  readonly version: string;
  /** Options of it and of V8, each a word of its own: `--max-semi-space-size=64`. */
  readonly flags: readonly string[];
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Endpoint extends Address {
  /** WebSocket request path. */
  readonly path: string;
}

/** What a client shows to prove who it is: a signed, expiring token and the secret that answers the server's challenge. */
export interface Credential {
  readonly user: string;
  readonly device: string;
  readonly token: string;
  /** Base64url. Proves possession of the token: HMAC-SHA256(secret, challenge). */
  readonly secret: string;
}

/** `paused`: its OS process exists and is stopped by the kernel. `leaving`: it was asked to end, and has not yet. */
export type NodeState = 'starting' | 'ready' | 'paused' | 'leaving' | 'dead';

export interface DeployedNode {
  readonly name: string;
  readonly index: number;
  readonly state: NodeState;
  /** OS process id of the present incarnation, null when dead. */
  readonly osPid: number | null;
  /** Counts starts: 1 for the first. */
  readonly incarnation: number;
  readonly endpoint: Endpoint;
  /** Where the other nodes reach it; null where the nodes do not talk to each other, or before the first start. */
  readonly meshEndpoint: Address | null;
  /** Where it serves HTTP (capability http); absent or null where it does not, or before the first start. */
  readonly httpEndpoint?: Address | null;
  /** SIGKILL the OS process and resolve once the kernel has reaped it. */
  kill(): Promise<void>;
  /** Start a dead node again on the same address and data; resolves when it is ready to serve. */
  restart(): Promise<void>;
  /** SIGSTOP; resolves when the kernel shows it stopped. @throws for a dead node. */
  pause(): Promise<void>;
  /** SIGCONT. Nothing happens to a node that is not paused. */
  resume(): Promise<void>;
  /** SIGTERM; resolves when it has ended by itself, or by SIGKILL after a grace period. */
  leave(): Promise<void>;
  /** Ask the node's own control plane for heap, connections and process counts; null where it cannot answer. */
  introspect(options?: { readonly collectGarbage?: boolean }): Promise<NodeIntrospection | null>;
}

export interface NodeIntrospection {
  /** What the VM's objects hold, buffers outside its heap included. */
  readonly heapBytes: number;
  readonly connections: number;
  readonly processes: number;
}

/** A user's server-side process as an independent observer sees it. `incarnation` changes when it was killed and came back. */
export type UserProcess = { readonly alive: false } | { readonly alive: true; readonly incarnation: string };

/** A named process that was killed. */
export interface KilledProcess {
  /** As the target prints it. */
  readonly pid: string;
  /** How many it had started, they theirs included, and how many of those died with it. */
  readonly below: number;
  readonly died: number;
}

/** A process that died, as the target reported it. */
export interface CrashReport {
  /** The pid as the target prints it. */
  readonly process: string;
  /** What the process ran: `user`, `presence`. */
  readonly behaviour: string;
  /** The exit reason in the target's words: `runaway`, `killed`, the message of an error. */
  readonly reason: string;
}

/** How an upgrade of the running code went, over all nodes. */
export interface UpgradeReport {
  readonly outcome: 'upgraded' | 'kept-old-code';
  readonly release: string;
  /** Processes that run the new code now. */
  readonly migrated: number;
  /** Processes left on the old code after it. */
  readonly leftOnOld: number;
  /** Why the old code was kept; null when it was not. */
  readonly reason: string | null;
}

/** What a target made of processes can suffer beyond being killed. Each method belongs to the capability of its name. */
export interface ProcessChaos {
  /** runaway-process: the user's process spins for ever in its next turn. False when the user has none. */
  runAway(user: string): Promise<boolean>;
  /** crash-loop: sends one poison message, which crashes this node's process of that name. False if there is no such process now. */
  poison(name: string, node: string): Promise<boolean>;
  /** kill-process, kill-supervisor: exit(pid, kill) for this node's process of that name; null if there is no such process now. */
  killNamed(name: string, node: string): Promise<KilledProcess | null>;
  /** The pid of this node's process of that name; null if there is no such process now, or the node does not answer. */
  namedProcess(name: string, node: string): Promise<string | null>;
  /**
   * slow-disk: from now on this node's store answers this much later than the disk allows, 0 to undo it. False when the node does not
   * answer. @throws when it has no disk.
   */
  slowDisk(delayMs: number, node: string): Promise<boolean>;
  /** upgrade: moves the running code to a release; an unknown one is refused with an error that lists what there is. */
  upgrade(release: string): Promise<UpgradeReport>;
  /** The latest crash reports, oldest first; the target keeps a bounded number. */
  crashReports(): Promise<readonly CrashReport[]>;
}

export interface Deployment {
  readonly target: { readonly name: string; readonly version: string; readonly runtime: string };
  /** Those that were started, in the order of their indices; grows by `addNode`. */
  readonly nodes: readonly DeployedNode[];
  /**
   * Starts a node more (capability join-node); resolves when it is ready and in `nodes`, with null when there is room for no more.
   * @throws where it is impossible, or the node does not become ready.
   */
  addNode(): Promise<DeployedNode | null>;
  /** The settings the deployment really runs with, for the record; never secrets. */
  readonly config: Readonly<Record<string, unknown>>;
  /**
   * How long a user whose last connection broke off, without a goodbye, may still be called online; what the presence it tells is judged by.
   * Absent where it does not promise presence, or nobody can say.
   */
  readonly presenceLingerMs?: number;
  /** Issue a credential; the deployment knows the signing secret of the server it started. */
  credential(user: string, device: string): Credential;
  /** Kill a user's process (capability kill-process). Resolves to false when the user had none. */
  killUserProcess(user: string): Promise<boolean>;
  userProcess(user: string): Promise<UserProcess>;
  /** Null where the target has none of the capabilities runaway-process, crash-loop and upgrade. */
  readonly chaos: ProcessChaos | null;
  /** Stop everything by handle: SIGTERM, then SIGKILL after a grace period. Idempotent. Leaves no process and no port behind. */
  stop(): Promise<void>;
  /** SIGKILL every child at once, synchronously; for process exit handlers. */
  killNow(): void;
}

/** The names of the load's users have no more bytes than this. */
export const LONGEST_USER_NAME_BYTES = 10;

/** The most that a server takes. A plan that asks for more is refused before anything starts; what a server does not say is counted when it refuses. */
export interface TargetLimits {
  /** The payload of one message, whichever user of the load receives it. */
  readonly payloadBytes: number;
  /** What would allow more, in words; null where nothing does. */
  readonly payloadRemedy: string | null;
}

/** Whether a target can run on this machine and, if not, what would make it. */
export type Availability =
  | { readonly available: true }
  | { readonly available: false; readonly reason: string; readonly remedy: string };

export interface Target {
  readonly name: string;
  readonly summary: string;
  /** Name of the wire protocol driver that speaks to it. */
  readonly driver: string;
  readonly capabilities: ReadonlySet<Capability>;
  readonly durabilities: readonly Durability[];
  /**
   * Checks `target.config`, alone and with the number of nodes and the durability; returns one message a fault, each beginning with
   * the key, with the value and what would be right.
   */
  checkConfig(config: Readonly<Record<string, unknown>>, size: Pick<DeploymentSpec, 'nodes' | 'durability'>): readonly string[];
  /** What it takes at most with settings that `checkConfig` has nothing to say about; without it, or with null, it does not say. */
  limits?(config: Readonly<Record<string, unknown>>): TargetLimits | null;
  /** Oldest major version of Node that its nodes run on; absent where they run on something else, or on any. */
  readonly oldestNode?: number;
  availability(): Promise<Availability>;
  start(spec: DeploymentSpec): Promise<Deployment>;
}
