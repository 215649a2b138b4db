/**
 * Profiles the nodes of a run under load, and keeps what it observed on the hardest-working one.
 *
 * Which one that is, is known only afterwards: all of them are recorded, so that all bear the same cost. A restarted node is recorded from
 * then on. What a killed node had done until then is lost with it.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeployedNode } from '../../../targets/target.ts';
import { monotonicUs } from '../../evidence/measure/clock.ts';
import { documentLine, errorText } from '../../evidence/result/printable.ts';
import { PROFILE_SCHEMA, type Profile, type ProfileKind } from '../../evidence/result/profile.ts';
import { PROFILE_FOLDER } from '../folder/file-names.ts';
import { writeWhole } from '../folder/run-folder.ts';
import { Inspector } from './inspector.ts';
import { PROFILE_FILE } from './located-profile.ts';
import type { NodeRecording, ProfileMethod, Taken } from './method.ts';
import { inspectorEnvironment, openInspector } from './open-inspector.ts';
import { ProfileError } from './profile-error.ts';

/** Folder of the files, in the run folder. */
/** How often it is looked for nodes that were started again. */
const LOOK_EVERY_MS = 200;
/** Has the process close its inspector once the answer is out. */
const CLOSE = "setTimeout(() => process.getBuiltinModule('node:inspector').close(), 0), 0";

export interface Watched {
  /** The nodes of the moment; those that join included. */
  readonly nodes: () => readonly DeployedNode[];
  readonly logDir: string;
  readonly signal: AbortSignal;
}

interface Attached {
  readonly node: DeployedNode;
  readonly incarnation: number;
  readonly inspector: Inspector;
  readonly recording: NodeRecording;
  fromUs: number;
}

interface Kept {
  readonly taken: Taken;
  readonly profile: Pick<Profile, 'node' | 'cores' | 'fromMs' | 'toMs' | 'notes'>;
}

export class Profiler {
  /** For the environment of the nodes. */
  readonly env: Readonly<Record<string, string>> = inspectorEnvironment();
  readonly #method: ProfileMethod;
  /** By the node's name. */
  readonly #attached = new Map<string, Attached>();
  readonly #lost = new Set<string>();
  /** Why a node that was started again could not be recorded, by its name. */
  readonly #failures = new Map<string, string>();
  #watched: Watched | null = null;
  #begun = false;
  #looking: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #kept: Kept | null = null;

  constructor(method: ProfileMethod) {
    this.#method = method;
  }

  get kind(): ProfileKind {
    return this.#method.kind;
  }

  /** Makes every node ready. @throws ProfileError when one cannot be looked into. */
  async attach(watched: Watched): Promise<void> {
    this.#watched = watched;
    for (const node of watched.nodes()) await this.#attachTo(node, watched);
  }

  /** The load begins. */
  async begin(): Promise<void> {
    await Promise.all([...this.#attached.values()].map((each) => this.#start(each)));
    this.#begun = true;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /**
   * The load is over. `cores` is the CPU use of each node, in their order; times are counted from `zeroUs`.
   * @throws ProfileError when no node could be recorded to the end.
   */
  async end(cores: readonly number[], zeroUs: number): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#looking;
    const toUs = monotonicUs();
    const live = [...this.#attached.values()].filter(({ inspector, node }) => inspector.open && node.state === 'ready');
    const [hardest] = live.toSorted((a, b) => (cores[b.node.index] ?? 0) - (cores[a.node.index] ?? 0));
    if (hardest === undefined) {
      const remedy = 'profile the scenario without its faults: --set faults=[]';
      const why = ['no node could be recorded to the end of the load', ...this.#failures.values()].join('; ');
      throw new ProfileError(`${why}\n  ${remedy}`);
    }
    const taken = await hardest.recording.end();
    const { node, fromUs } = hardest;
    const profile = { node: node.name, cores: [...cores], fromMs: ms(fromUs - zeroUs), toMs: ms(toUs - zeroUs) };
    this.#kept = { taken, profile: { ...profile, notes: this.#notes(hardest, cores) } };
    await Promise.all(live.map(({ inspector }) => inspector.evaluate(CLOSE).catch(() => undefined)));
    this.close();
  }

  /** Releases the nodes; idempotent. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#begun = false;
    for (const { inspector, recording } of this.#attached.values()) {
      inspector.close();
      recording.discard();
    }
  }

  /** Writes profile.json and its files into a run folder. @throws ProfileError when `end` was never reached, or a tool fails. */
  async write(runDir: string): Promise<Profile> {
    if (this.#kept === null) throw new ProfileError('nothing was recorded');
    const { taken, profile: about } = this.#kept;
    const folder = join(runDir, PROFILE_FOLDER);
    await mkdir(folder, { recursive: true });
    const { files, stacks, notes } = await taken.write(folder, about.node);
    const profile: Profile = {
      schema: PROFILE_SCHEMA,
      with: this.kind,
      ...about,
      files: files.map(({ path, opensWith }) => ({ path: `${PROFILE_FOLDER}/${path}`, opensWith })),
      stacks,
      notes: [...about.notes, ...notes],
    };
    await writeWhole(join(runDir, PROFILE_FILE), documentLine(profile));
    return profile;
  }

  async #attachTo(node: DeployedNode, { logDir, signal }: Watched): Promise<Attached | null> {
    const { osPid, incarnation } = node;
    if (osPid === null || node.state !== 'ready') return null;
    const inspector = await Inspector.connect(await openInspector(osPid, logDir, signal));
    try {
      const recording = await this.#method.prepare(inspector);
      const attached: Attached = { node, incarnation, inspector, recording, fromUs: monotonicUs() };
      this.#attached.set(node.name, attached);
      return attached;
    } catch (error) {
      inspector.close();
      throw error;
    }
  }

  async #start(attached: Attached): Promise<void> {
    await attached.recording.begin();
    attached.fromUs = monotonicUs();
  }

  #look(): void {
    const watched = this.#watched;
    if (watched === null) return;
    this.#looking ??= this.#attachNew(watched).finally(() => {
      this.#looking = null;
    });
  }

  /** One after another, as inspectors are opened. A node that dies meanwhile is found again when it is back. */
  async #attachNew(watched: Watched): Promise<void> {
    for (const node of watched.nodes()) {
      const known = this.#attached.get(node.name);
      if (known?.incarnation === node.incarnation || node.state !== 'ready') continue;
      if (known !== undefined) {
        this.#lost.add(node.name);
        known.recording.discard();
      }
      try {
        const attached = await this.#attachTo(node, watched);
        if (attached !== null && this.#begun) await this.#start(attached);
      } catch (error) {
        // It may die again at any moment; whether anything is missing in the end, `end` knows.
        this.#failures.set(node.name, errorText(error));
      }
    }
  }

  #notes({ node }: Attached, cores: readonly number[]): string[] {
    const hardest = cores.indexOf(Math.max(...cores));
    const notes = [];
    if (this.#lost.has(node.name))
      notes.push(`${node.name} was restarted during the load; the profile covers only the time since then.`);
    if (hardest >= 0 && hardest !== node.index)
      notes.push(`Another node used more CPU but did not survive to the end of the load; ${node.name} comes next.`);
    return notes;
  }
}

function ms(us: number): number {
  return Math.max(0, Math.round(us / 1000));
}
