import type { Session as InspectorSession } from 'node:inspector';
import type { MessagePort } from 'node:worker_threads';

/**
 * What the main thread and its watchdog share: one word that counts up when a turn begins (odd) and when it ends (even).
 * The watchdog condemns a turn by exchanging its odd number for CONDEMNED; the main thread ends a turn by exchanging it for the
 * next even one. Only one of the two exchanges can succeed, so that an interruption never hits what comes after the turn.
 */
export const BEAT = 0;
export const CONDEMNED = -1;

export interface WatchdogData {
  readonly beat: Int32Array<SharedArrayBuffer>;
  /** A turn that lasts longer is interrupted. */
  readonly limitMs: number;
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
  const POLL_MS = 30;
  const { beat, limitMs } = threads.workerData;
  /** Polls that were on time and found the same turn: a machine that stood still must not look like a turn that did not end. */
  const enough = Math.ceil(limitMs / POLL_MS);
  let seen = 0;
  let suspect = 0;
  let polledAtMs = performance.now();
  let cpuAtMs: number | null = null;

  setInterval(() => {
    const nowMs = performance.now();
    const late = nowMs - polledAtMs > POLL_MS * 3;
    polledAtMs = nowMs;
    const turn = Atomics.load(beat, 0);
    if (turn !== suspect || (turn & 1) === 0 || turn < 0) {
      suspect = turn;
      seen = 0;
      return;
    }
    if (late) return;
    if (seen === 0) cpuAtMs = mainThreadCpuMs();
    if (++seen < enough) return;
    seen = 0;
    const cpuMs = mainThreadCpuMs();
    // It was waiting for a processor most of the time: that is the machine's doing, not the turn's.
    if (cpuMs !== null && cpuAtMs !== null && cpuMs - cpuAtMs < limitMs / 4) return;
    if (Atomics.compareExchange(beat, 0, turn, -1) !== turn) return;
    const session = new inspector.Session();
    session.connectToMainThread();
    session.post('Runtime.terminateExecution', () => {
      session.disconnect();
      threads.parentPort.postMessage('interrupted');
    });
  }, POLL_MS);
  threads.parentPort.postMessage('ready');

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
