/** A worker's side of the conversation with its parent, and the report it gives each second. */
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Driver } from '../../contracts/driver.ts';
import { monotonicUs } from '../../evidence/measure/clock.ts';
import { systemErrorText } from '../../evidence/result/system-error.ts';
import { CheckedDriver } from '../drivers/checked-driver.ts';
import { brokenRulesOf, isOwnError, openDriver } from '../drivers/index.ts';
import { Crowd } from './crowd.ts';
import { writeObservationFile } from './observation-file.ts';
import { endTexts } from './reason-tally.ts';
import type { Assignment, CountsReply, FromWorker, ToWorker, WorkerProgress, WorkerRequest } from './worker-protocol.ts';

const PROGRESS_MS = 1_000;
/** The monitor's own timer; what it reports includes this. */
const DELAY_RESOLUTION_MS = 5;

export class WorkerRun {
  readonly #tell: (message: FromWorker) => void;
  readonly #delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  #crowd: Crowd | null = null;
  #driver: Driver | null = null;
  #assignment: Assignment | null = null;
  #progress: NodeJS.Timeout | null = null;
  #lastUs = monotonicUs();
  #lastCpuUs = cpuUs();

  /** `tell` sends to the parent. */
  constructor(tell: (message: FromWorker) => void) {
    this.#tell = tell;
    this.#delay.enable();
  }

  receive(message: unknown): void {
    const { type } = message as ToWorker;
    if (type === 'credentials') {
      const { from, credentials } = message as Extract<ToWorker, { type: 'credentials' }>;
      this.#present().credentials.receive(from, credentials);
      return;
    }
    const { number, request } = message as Extract<ToWorker, { type: 'request' }>;
    this.#serve(request, (value) => this.#tell({ type: 'reply', number, value }));
  }

  /** An uncaught error: the driver's own is recorded there, any other ends this worker. */
  uncaught(error: Error): void {
    if (this.#driver === null || !isOwnError(this.#driver, error)) this.fail(error);
  }

  /** Tells the parent why this worker is no longer of use; the parent ends it. */
  fail(error: Error): void {
    this.#crowd?.stop();
    if (this.#progress !== null) clearInterval(this.#progress);
    this.#tell({ type: 'failed', message: error.message, stack: error.stack ?? '' });
  }

  #present(): Crowd {
    if (this.#crowd === null) throw new Error('the worker was not given its assignment');
    return this.#crowd;
  }

  #serve(request: WorkerRequest, reply: (value: unknown) => void): void {
    switch (request.type) {
      case 'init':
        this.#begin(request.assignment).then(
          (driver) => reply({ driver }),
          (error: Error) => this.fail(error),
        );
        return;
      case 'connect':
        this.#present().connectUpTo(request.count, request.ratePerSecond, () => reply(null));
        return;
      case 'start':
        this.#present().start(
          request.zeroUs,
          once(() => reply(null)),
        );
        this.#alignProgress(request.zeroUs);
        return;
      case 'endpoints':
        this.#present().endpoints = request.endpoints;
        reply(null);
        return;
      case 'stop-sending':
        this.#present().stopSending();
        reply(null);
        return;
      case 'reconnect-all':
        this.#present().reconnectAll(request.ratePerSecond);
        reply(null);
        return;
      case 'leave-all':
        this.#present().leaveAll();
        reply(null);
        return;
      case 'counts':
        reply(countsOf(this.#present()));
        return;
      case 'online':
        reply(this.#present().afflictions.online());
        return;
      case 'inspect':
        reply(this.#present().afflictions.inspect(request.devices));
        return;
      case 'unreached':
        reply(this.#present().unreached());
        return;
      case 'afflict':
        reply(this.#present().afflictions.afflict(request.how, request.devices));
        return;
      case 'relieve':
        this.#present().afflictions.relieve(request.how, request.devices);
        reply(null);
        return;
      case 'finish':
        reply({ ...this.#finish(request.folder), contents: this.#present().log.contents });
    }
  }

  /** Resolves with the driver's name. Rejects if it cannot be loaded. */
  async #begin(assignment: Assignment): Promise<string> {
    this.#dismiss();
    const driver = await openDriver(assignment.driver);
    this.#driver = driver;
    this.#assignment = assignment;
    this.#crowd = new Crowd(assignment, driver, (from, count) => this.#tell({ type: 'need-credentials', from, count }));
    this.#reportEachSecond();
    return driver instanceof CheckedDriver ? driver.label : driver.name;
  }

  /** The earlier users leave in good order, and report no more. */
  #dismiss(): void {
    this.#crowd?.afflictions.end();
    this.#crowd?.leaveAll();
    this.#crowd?.stop();
    this.#lastUs = monotonicUs();
    this.#lastCpuUs = cpuUs();
    this.#delay.reset();
  }

  /** The second time into another folder: everything had ended the first time. */
  #finish(elsewhere: string | null): { readonly path: string; readonly unwritten: string | null } {
    const crowd = this.#present();
    const { folder, worker } = this.#assignment as Assignment;
    if (elsewhere === null) {
      this.#report();
      if (this.#progress !== null) clearInterval(this.#progress);
      crowd.stop();
    }
    const path = join(elsewhere ?? folder, `worker-${worker}.observations`);
    try {
      writeObservationFile(path, crowd.log, crowd.zeroUs);
      return { path, unwritten: null };
    } catch (error) {
      const unwritten = systemErrorText(error, path);
      if (unwritten === null) throw error;
      return { path, unwritten };
    }
  }

  #reportEachSecond(): void {
    if (this.#progress !== null) clearInterval(this.#progress);
    this.#progress = setInterval(() => this.#report(), PROGRESS_MS);
  }

  /** One report that ends at zero, then one each second. */
  #alignProgress(zeroUs: number): void {
    // Timers may be a millisecond early.
    const waitMs = Math.ceil((zeroUs - monotonicUs()) / 1e3) + 1;
    setTimeout(
      () => {
        if (this.#progress === null) return;
        // On a machine so busy that the last report came after zero, there is no interval left that could end there.
        if (this.#lastUs < zeroUs) this.#report(zeroUs);
        this.#reportEachSecond();
      },
      Math.max(0, waitMs),
    );
  }

  /** Reports on the interval up to `zeroUs`, whose messages are in no histogram, or up to now. */
  #report(zeroUs: number | null = null): void {
    const crowd = this.#present();
    const now = zeroUs ?? monotonicUs();
    const cpu = cpuUs();
    const isBeforeZero = zeroUs !== null;
    const brokenRules = this.#driver === null ? [] : brokenRulesOf(this.#driver);
    const originUs = crowd.zeroUs === 0 ? now : crowd.zeroUs;
    const progress: WorkerProgress = {
      worker: (this.#assignment as Assignment).worker,
      fromUs: this.#lastUs - originUs,
      toUs: now - originUs,
      counts: { ...crowd.counts },
      response: isBeforeZero ? null : crowd.response.take(),
      service: isBeforeZero ? null : crowd.service.take(),
      lag: isBeforeZero ? null : crowd.lag.take(),
      eventLoopDelayUs: { p50: this.#delayUs(50), p99: this.#delayUs(99), max: this.#delayUs(100) },
      cpu: (cpu - this.#lastCpuUs) / Math.max(1, now - this.#lastUs),
      residentBytes: process.memoryUsage.rss(),
      ...(brokenRules.length === 0 ? {} : { brokenRules }),
    };
    this.#delay.reset();
    this.#lastUs = now;
    this.#lastCpuUs = cpu;
    this.#tell({ type: 'progress', progress });
  }

  #delayUs(percentile: number): number {
    if (this.#delay.count === 0) return 0;
    const nanos = percentile === 100 ? this.#delay.max : this.#delay.percentile(percentile);
    return Math.max(0, nanos / 1e3 - DELAY_RESOLUTION_MS * 1e3);
  }
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function countsOf(crowd: Crowd): CountsReply {
  const sessionsEnded = crowd.sessionsEnded.rows();
  return { counts: { ...crowd.counts }, ends: endTexts(sessionsEnded), sessionsEnded, refusals: crowd.log.refusals.rows() };
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
