/**
 * Watches memory and CPU of the nodes and the workers while a run goes on, from outside, at a fixed interval.
 *
 * In: functions that name the OS processes of the moment (a killed node comes back under another pid). Out: peaks, CPU use over a
 * span, and the latest reading.
 */
import { monotonicUs } from './clock.ts';
import { CpuClock } from './cpu-clock.ts';
import { type ProcessSample, sampleProcess } from './process-sample.ts';

/** Reading smaps_rollup costs the sampled process about a millisecond for each 100 MB: twice a second is cheap enough. */
const INTERVAL_MS = 500;
/** How many readings of a span are kept: those of its first minute, in which it may still be warming up. */
const MAX_READINGS = 120;

/** CPU used by one node or worker, whatever its pid, over its incarnations. */
interface Track {
  osPid: number;
  /** Of this incarnation. */
  clock: CpuClock;
  /** CPU of earlier incarnations, as last read. */
  earlierUs: number;
  lastUs: number;
  peakPssBytes: number;
}

export interface SamplerSources {
  /** OS pid of each node; null while it is dead. */
  nodes(): readonly (number | null)[];
  workers(): readonly number[];
}

export interface CpuSpan {
  /** Its beginning and its end, on the machine's monotonic clock; in a RunRecord, on that of the observations. */
  readonly fromUs: number;
  readonly toUs: number;
  /** CPU seconds per wall second. */
  readonly nodes: readonly number[];
  readonly workers: number;
  /** CPU microseconds of all nodes together. */
  readonly nodesUs: number;
  /** CPU that all nodes together had used by then; only for the first minute. */
  readonly readings: readonly CpuReading[];
}

export interface CpuReading {
  /** On the machine's monotonic clock; in a RunRecord, on that of the observations. */
  readonly atUs: number;
  readonly nodesUs: number;
}

export class Sampler {
  readonly #sources: SamplerSources;
  readonly #nodes = new Map<number, Track>();
  readonly #workers = new Map<number, Track>();
  #timer: NodeJS.Timeout | null = null;
  #reading: Promise<void> | null = null;
  #peakWorkersBytes = 0;
  #span: { fromUs: number; nodes: readonly number[]; workers: number; readings: CpuReading[] } | null = null;

  constructor(sources: SamplerSources) {
    this.#sources = sources;
  }

  start(): void {
    this.#timer = setInterval(() => void this.read(), INTERVAL_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#reading;
  }

  /** Takes a reading now; a call during another reading waits for that one. */
  read(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /** Begins the span over which `cpu` reports. */
  async beginSpan(): Promise<void> {
    await this.read();
    this.#span = {
      fromUs: monotonicUs(),
      nodes: this.#totals(this.#nodes),
      workers: sum(this.#totals(this.#workers)),
      readings: [],
    };
  }

  /** CPU use since `beginSpan`; what a killed node used after its last reading is not known and not counted. */
  async cpu(): Promise<CpuSpan> {
    await this.read();
    const toUs = monotonicUs();
    const span = this.#span ?? { fromUs: toUs, nodes: [], workers: 0, readings: [] };
    const wallUs = Math.max(1, toUs - span.fromUs);
    const nodes = this.#used(span.nodes);
    return {
      fromUs: span.fromUs,
      toUs,
      nodes: nodes.map((used) => used / wallUs),
      workers: (sum(this.#totals(this.#workers)) - span.workers) / wallUs,
      nodesUs: sum(nodes),
      readings: span.readings,
    };
  }

  get peaks(): { readonly nodes: readonly number[]; readonly workers: number } {
    return { nodes: inOrder(this.#nodes).map(({ peakPssBytes }) => peakPssBytes), workers: this.#peakWorkersBytes };
  }

  async #read(): Promise<void> {
    await Promise.all(
      this.#sources.nodes().map(async (osPid, index) => {
        if (osPid !== null) await note(this.#nodes, index, osPid);
      }),
    );
    const workers = await Promise.all(this.#sources.workers().map((osPid) => note(this.#workers, osPid, osPid)));
    this.#peakWorkersBytes = Math.max(this.#peakWorkersBytes, sum(workers.map((sample) => sample?.pssBytes ?? 0)));
    const span = this.#span;
    if (span !== null && span.readings.length < MAX_READINGS) {
      span.readings.push({ atUs: monotonicUs(), nodesUs: sum(this.#used(span.nodes)) });
    }
  }

  /** Of each node since then. */
  #used(then: readonly number[]): number[] {
    return this.#totals(this.#nodes).map((total, index) => total - (then[index] ?? 0));
  }

  #totals(tracks: ReadonlyMap<number, Track>): number[] {
    return inOrder(tracks).map(({ earlierUs, lastUs }) => earlierUs + lastUs);
  }
}

/** Reads a process and adds it to its track; null if it is gone. */
async function note(tracks: Map<number, Track>, key: number, osPid: number): Promise<ProcessSample | null> {
  const known = tracks.get(key);
  const clock = known?.osPid === osPid ? known.clock : new CpuClock();
  const sample = await sampleProcess(osPid, clock);
  if (sample === null) return null;
  const track = known ?? { osPid, clock, earlierUs: 0, lastUs: 0, peakPssBytes: 0 };
  if (track.osPid !== osPid) {
    track.earlierUs += track.lastUs;
    track.osPid = osPid;
    track.clock = clock;
  }
  track.lastUs = sample.cpuUs;
  track.peakPssBytes = Math.max(track.peakPssBytes, sample.pssBytes);
  tracks.set(key, track);
  return sample;
}

/** By key, node index or worker pid, whichever reading came first. */
function inOrder(tracks: ReadonlyMap<number, Track>): Track[] {
  return [...tracks].sort(([a], [b]) => a - b).map(([, track]) => track);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
