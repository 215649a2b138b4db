import type { Session as InspectorSession } from 'node:inspector';
import type { MessagePort } from 'node:worker_threads';

/**
 * What the main thread and its watchdog share: four words. The first is the main thread's and says where it is: the number of the turn,
 * which is another for every handler that begins, doubled; 1 more while it may be cut off where it is; 0 between turns. The second is
 * the sentence. The watchdog first condemns a turn that takes too long, by its number; some milliseconds later, and not before it finds that turn
 * exposed, it changes the sentence to STRUCK and strikes. The main thread takes a sentence back when the turn is over. The last two are
 * the watchdog's: how many strokes it ordered, and which of them was the last that is known to have hit.
 */
export const STATE = 0;
export const SENTENCE = 1;
export const ORDERED = 2;
export const HIT = 3;

/** Sentences besides the number of a turn. Endless: it struck although the turn was sheltered. */
export const NONE = 0;
export const ENDLESS = -2;

export interface WatchdogData {
  readonly beat: Int32Array<SharedArrayBuffer>;
  /** A turn that lasts longer is interrupted. */
  readonly limitMs: number;
  /** A sheltered turn is struck as well once it took this much processor time. */
  readonly endlessMs: number;
}

interface WatchdogModules {
  readonly inspector: { readonly Session: new () => InspectorSession };
  readonly fs: { readFileSync(file: string, encoding: 'utf8'): string };
  readonly threads: { readonly parentPort: MessagePort; readonly workerData: WatchdogData };
}

/**
 * The watchdog's thread. When one turn lasts too long it stops that turn through V8's own inspector interface
 * (`Runtime.terminateExecution`), which works in the middle of an endless loop and costs the main thread nothing until then.
 * (A `vm.Script` with a timeout does the same by starting a thread for every turn: 0.1 to 1.5 ms.)
 *
 * Self-contained, because its source text is what the thread is started with: a thread that loads a TypeScript file of its own
 * takes 17 MB more for the type stripper.
 */
function watch({ inspector, fs, threads }: WatchdogModules): void {
  const POLL_MS = 20;
  /** Between a sentence and a look at whether the turn is exposed: what the main thread wrote before is visible by then. */
  const VISIBLE_MS = 3;
  const { beat, limitMs, endlessMs } = threads.workerData;
  /** Polls that were on time and found the same turn: a machine that stood still must not look like a turn that did not end. */
  const enough = Math.ceil(limitMs / POLL_MS);
  let seen = 0;
  let suspect = 0;
  let polledAtMs = performance.now();
  let cpuAtMs: number | null = null;
  let condemnedAtMs = 0;

  /** A sentence was passed and is not carried out, or withdrawn, yet. */
  let judging = false;
  /** A word that never changes. */
  const nothing = new Int32Array(new SharedArrayBuffer(4));

  // It waits in a call, and not for the interval, which costs the machine half as much again fifty times a second. Only who judges needs
  // the event loop. Whoever ends the thread wakes it.
  setInterval(() => {
    while (!judging && !isOverdue()) Atomics.wait(nothing, 0, 0, POLL_MS);
  }, POLL_MS);
  threads.parentPort.postMessage('ready');

  /** Looks once; true when a turn took too long, and has its sentence. */
  function isOverdue(): boolean {
    const nowMs = performance.now();
    const late = nowMs - polledAtMs > POLL_MS * 3;
    polledAtMs = nowMs;
    // Somebody was struck, and the main thread has not noticed yet.
    if (Atomics.load(beat, 1) !== 0) return false;
    const turn = Atomics.load(beat, 0) >> 1;
    if (turn !== suspect || turn === 0) {
      suspect = turn;
      seen = 0;
      return false;
    }
    if (late) return false;
    if (seen === 0) cpuAtMs = mainThreadCpuMs();
    if (++seen < enough) return false;
    seen = 0;
    const cpuMs = mainThreadCpuMs();
    // It was waiting for a processor most of the time: that is the machine's doing, not the turn's.
    if (cpuMs !== null && cpuAtMs !== null && cpuMs - cpuAtMs < limitMs / 4) return false;
    Atomics.store(beat, 1, turn);
    condemnedAtMs = nowMs;
    judging = true;
    setTimeout(judge, VISIBLE_MS);
    return true;
  }

  function judge(): void {
    const turn = Atomics.load(beat, 1);
    const state = Atomics.load(beat, 0);
    // The main thread was through with that turn, and took the sentence back; or is through with it, and the sentence came too late.
    if (turn <= 0) judging = false;
    else if (turn !== state >> 1) {
      Atomics.compareExchange(beat, 1, turn, 0);
      judging = false;
    } else if ((state & 1) === 1) strike(turn, -1);
    else if (isEndless()) strike(turn, -2);
    else setTimeout(judge, VISIBLE_MS);
  }

  function strike(turn: number, sentence: number): void {
    const stroke = (Atomics.load(beat, 2) + 1) & 0x3fffffff;
    Atomics.store(beat, 2, stroke);
    if (Atomics.compareExchange(beat, 1, turn, sentence) !== turn) {
      judging = false;
      return;
    }
    const session = new inspector.Session();
    session.connectToMainThread();
    session.post('Runtime.terminateExecution', () => {
      Atomics.store(beat, 3, stroke);
      session.disconnect();
      threads.parentPort.postMessage('interrupted');
      judging = false;
    });
  }

  function isEndless(): boolean {
    const cpuMs = mainThreadCpuMs();
    return cpuMs === null || cpuAtMs === null ? performance.now() - condemnedAtMs > endlessMs : cpuMs - cpuAtMs > endlessMs;
  }

  /** Processor time of the main thread, milliseconds; null where the system does not tell. */
  function mainThreadCpuMs(): number | null {
    try {
      return Number(fs.readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
    } catch {
      return null;
    }
  }
}

/** The program of the watchdog's thread. */
export const watchdogSource = `(${watch.toString()})({
  inspector: require('node:inspector'), fs: require('node:fs'), threads: require('node:worker_threads') });`;
