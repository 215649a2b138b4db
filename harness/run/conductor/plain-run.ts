/** A run that breaks nothing and accounts for nothing: a deployment or a URL, one load on it, and a sampler beside them. */
import type { Deployment, Target } from '../../../targets/target.ts';
import { Sampler } from '../../evidence/measure/sampler.ts';
import type { Result } from '../../evidence/result/result.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import { writeRunFiles } from '../folder/run-files.ts';
import type { RunFolder } from '../folder/run-folder.ts';
import { processesOf, type RunJournal } from './run-journal.ts';
import type { PlayedOptions, RunParts } from './run-options.ts';
import { startDeployment } from './start-deployment.ts';

/** A load in its own processes, ended by their handles. */
interface OwnLoad {
  readonly osPids: readonly number[];
  stop(): Promise<void>;
  killNow(): void;
}

/** The life of one run: what it started, so that it can be ended. */
export abstract class PlainRun<Load extends OwnLoad> {
  protected readonly plan: Plan;
  protected readonly folder: RunFolder;
  protected readonly journal: RunJournal;
  protected readonly options: PlayedOptions;
  protected load: Load | null = null;
  readonly #target: Target;
  #deployment: Deployment | null = null;
  #sampler: Sampler | null = null;

  constructor({ plan, target, folder, journal, options }: RunParts) {
    this.plan = plan;
    this.#target = target;
    this.folder = folder;
    this.journal = journal;
    this.options = options;
  }

  abstract play(): Promise<{ readonly result: Result; readonly record: null; readonly unwritten: string | null }>;

  /** Ends what this run started; idempotent. */
  async stop(): Promise<void> {
    await this.#sampler?.stop();
    this.options.profiler?.close();
    await this.load?.stop();
    if (this.options.standing === undefined) await this.#deployment?.stop();
  }

  /** After `stop`. */
  closeJournal(): void {
    this.journal.close();
  }

  killNow(): void {
    this.load?.killNow();
    if (this.options.standing === undefined) this.#deployment?.killNow();
  }

  /** Null if a URL is loaded. */
  protected async startDeployment(): Promise<Deployment | null> {
    if (this.plan.http?.url != null) return null;
    this.#deployment = await startDeployment({
      plan: this.plan,
      target: this.#target,
      folder: this.folder,
      options: this.options,
    });
    this.journal.processes(processesOf(this.#deployment, null));
    return this.#deployment;
  }

  protected async attachProfiler(deployment: Deployment | null): Promise<void> {
    if (deployment === null) return;
    const { profiler, signal } = this.options;
    await profiler?.attach({ nodes: () => deployment.nodes, logDir: this.folder.logs, signal });
  }

  protected startSampler(deployment: Deployment | null, { osPids }: OwnLoad): Sampler {
    const nodes = (): (number | null)[] => (deployment?.nodes ?? []).map(({ osPid }) => osPid);
    this.#sampler = new Sampler({ nodes, workers: () => osPids });
    this.#sampler.start();
    return this.#sampler;
  }

  /** `zeroMs`: the zero of the load, since 1970. */
  protected writeFiles(result: Result, zeroMs: number): Promise<string | null> {
    const nothing = { observations: null, endUs: 0, faults: [], intervals: [] };
    return writeRunFiles(this.folder.path, { result, plan: this.plan, zeroMs, ...nothing });
  }
}
