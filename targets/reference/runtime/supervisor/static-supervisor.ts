import type { Context } from '../context.ts';
import { type ExitReason, isOrderly } from '../exit-reason.ts';
import type { Pid } from '../pid.ts';
import type { Steps } from '../routine.ts';
import { startLink } from '../start-link.ts';
import {
  type ChildSpec,
  checkSupervisorSpec,
  childSpecFaults,
  type FullChildSpec,
  type StaticSupervisorSpec,
  type SupervisorSpec,
  withDefaults,
} from './child-spec.ts';
import type { ChildCounts, ChildInfo, SupervisorRequest } from './requests.ts';
import { RestartIntensity } from './restart-intensity.ts';
import { stopChild } from './stop-child.ts';
import type { SupervisorReport } from './supervisor-report.ts';

/** What happened to the supervisor: it goes on, or it stops with `shutdown`. */
export type Verdict = 'go on' | 'shutdown';

/** A supervised child: running, stopped (`pid` null), or in want of another start because the last one failed. */
export interface Child {
  readonly spec: FullChildSpec;
  pid: Pid | null;
  restarting: boolean;
}

/** Children known by id, in a fixed order: one_for_one, one_for_all, rest_for_one. After OTP's supervisor.erl. */
export class StaticSupervisor {
  spec: StaticSupervisorSpec;
  /** In order of start. */
  children: Child[];
  readonly #context: Context;
  readonly #self: Pid;
  readonly #intensity: RestartIntensity;

  constructor(spec: StaticSupervisorSpec, context: Context) {
    this.spec = spec;
    this.children = spec.children.map((child) => ({ spec: withDefaults(child), pid: null, restarting: false }));
    this.#context = context;
    this.#self = context.self;
    this.#intensity = new RestartIntensity(spec.intensity ?? 1, spec.periodMs ?? 5000);
  }

  /** Start all; if one fails, stop those before it and return why. */
  *startAll(): Steps<ExitReason | null> {
    const failed = yield* this.#startChildren(this.children);
    if (failed === null) return null;
    yield* this.stopAll();
    return { kind: 'shutdown', term: { failed_to_start_child: failed.child.spec.id, reason: failed.reason } };
  }

  /** In reverse order of start. */
  *stopAll(): Steps {
    yield* this.#stopChildren(this.children);
  }

  *childEnded(pid: Pid, reason: ExitReason): Steps<Verdict> {
    const child = this.children.find((candidate) => candidate.pid === pid);
    if (child === undefined) return 'go on';
    const { restart } = child.spec;
    if (restart !== 'permanent' && isOrderly(reason)) {
      this.#drop(child);
      return this.#autoShutdown(child);
    }
    this.#report('child_terminated', reason, child);
    if (restart !== 'temporary') return yield* this.#restart(child);
    this.#drop(child);
    return this.#autoShutdown(child);
  }

  /** Start again a child whose last start failed. */
  *tryAgain(id: string): Steps<Verdict> {
    const child = this.#find(id);
    return child?.restarting === true ? yield* this.#restart(child) : 'go on';
  }

  *answer(request: SupervisorRequest): Steps<unknown> {
    switch (request.type) {
      case 'start_child':
        return yield* this.#startChild(request.child);
      case 'start_dynamic_child':
        return { error: this.spec.strategy };
      case 'terminate_child': {
        const child = typeof request.child === 'string' ? this.#find(request.child) : undefined;
        if (child === undefined) return { error: 'not_found' };
        yield* this.#stop(child);
        this.#drop(child);
        return { ok: true };
      }
      case 'restart_child': {
        const child = this.#find(request.id);
        if (child === undefined || child.pid !== null || child.restarting) return { error: whyNotStopped(child) };
        const reason = yield* this.#start(child);
        return reason === null ? { ok: child.pid ?? 'undefined' } : { error: reason };
      }
      case 'delete_child': {
        const child = this.#find(request.id);
        if (child === undefined || child.pid !== null || child.restarting) return { error: whyNotStopped(child) };
        this.children = this.children.filter((other) => other !== child);
        return { ok: true };
      }
      case 'which_children':
        return this.children.map(infoOf).reverse();
      case 'count_children':
        return this.#count();
      case 'change_spec':
        return this.#change(request.spec);
      case 'get_childspec': {
        const child = this.#find(request.id);
        return child === undefined ? { error: 'not_found' } : { ok: child.spec };
      }
    }
  }

  *#startChild(spec: ChildSpec): Steps<unknown> {
    const faults = childSpecFaults(spec, this.spec.autoShutdown ?? 'never');
    if (faults.length > 0) return { error: { invalid_child_spec: faults } };
    const present = this.#find(spec.id);
    if (present !== undefined) return { error: present.pid === null ? 'already_present' : { already_started: present.pid } };
    const child: Child = { spec: withDefaults(spec), pid: null, restarting: false };
    const reason = yield* this.#start(child);
    if (reason !== null) return { error: reason };
    // A temporary child that chose not to run leaves nothing behind.
    if (child.pid !== null || child.spec.restart !== 'temporary') this.children.push(child);
    return { ok: child.pid ?? 'undefined' };
  }

  /** New flags and specs for running children, as code_change does it; new children are known, not started. */
  #change(spec: SupervisorSpec): unknown {
    if (spec.strategy === 'simple_one_for_one') return { error: 'bad_strategy' };
    checkSupervisorSpec(spec);
    const next = new Map(spec.children.map((child) => [child.id, withDefaults(child)]));
    const kept = this.children.map((child) => ({ ...child, spec: next.get(child.spec.id) ?? child.spec }));
    const added = [...next.values()].filter(({ id }) => this.#find(id) === undefined);
    this.children = [...kept, ...added.map((child) => ({ spec: child, pid: null, restarting: false }))];
    this.spec = spec;
    this.#intensity.change(spec.intensity ?? 1, spec.periodMs ?? 5000);
    return { ok: true };
  }

  *#restart(child: Child): Steps<Verdict> {
    if (!this.#intensity.add(this.#context.now())) {
      this.#report('shutdown', 'reached_max_restart_intensity', child);
      this.#drop(child);
      return 'shutdown';
    }
    const again = this.spec.strategy === 'one_for_one' ? yield* this.#restartOne(child) : yield* this.#restartMany(child);
    if (again !== null) {
      again.restarting = true;
      this.#context.send(this.#self, { type: 'try_again', id: again.spec.id });
    }
    return 'go on';
  }

  *#restartOne(child: Child): Steps<Child | null> {
    child.pid = null;
    return (yield* this.#start(child)) === null ? null : child;
  }

  /** The child that ended and all (one_for_all), or all that were started after it (rest_for_one). */
  *#restartMany(child: Child): Steps<Child | null> {
    child.pid = null;
    child.restarting = false;
    const from = this.spec.strategy === 'one_for_all' ? 0 : this.children.indexOf(child);
    const affected = this.children.slice(from);
    yield* this.#stopChildren(affected);
    // Temporary children go down with the others and do not come back.
    const back = affected.filter(({ spec }) => spec.restart !== 'temporary');
    this.children = [...this.children.slice(0, from), ...back];
    const failed = yield* this.#startChildren(back);
    return failed === null ? null : failed.child;
  }

  *#startChildren(children: readonly Child[]): Steps<{ child: Child; reason: ExitReason } | null> {
    for (const child of [...children]) {
      const reason = yield* this.#start(child);
      if (reason !== null) return { child, reason };
      if (child.pid === null && child.spec.restart === 'temporary') this.#drop(child);
    }
    return null;
  }

  /** Returns why it failed, or null. A child that ignores its start stays known, without a pid. */
  *#start(child: Child): Steps<ExitReason | null> {
    const { start, args, name } = child.spec;
    const started = yield* startLink(this.#context, start, args, name);
    child.restarting = false;
    child.pid = typeof started === 'object' && 'ok' in started ? started.ok : null;
    if (typeof started === 'string' || 'ok' in started) return null;
    this.#report('start_error', started.error, child);
    return started.error;
  }

  *#stopChildren(children: readonly Child[]): Steps {
    for (const child of children.toReversed()) yield* this.#stop(child);
  }

  *#stop(child: Child): Steps {
    child.restarting = false;
    if (child.pid === null) return;
    const complaint = yield* stopChild(this.#context, child.pid, child.spec);
    if (complaint !== null) this.#report('shutdown_error', complaint, child);
    child.pid = null;
  }

  /** It does not run any more: a temporary child is forgotten, any other stays known. */
  #drop(child: Child): void {
    child.pid = null;
    child.restarting = false;
    if (child.spec.restart === 'temporary') this.children = this.children.filter((other) => other !== child);
  }

  #autoShutdown(ended: Child): Verdict {
    const { autoShutdown = 'never' } = this.spec;
    if (!ended.spec.significant || autoShutdown === 'never') return 'go on';
    if (autoShutdown === 'any_significant') return 'shutdown';
    return this.children.some(({ spec, pid }) => spec.significant && pid !== null) ? 'go on' : 'shutdown';
  }

  #find(id: string): Child | undefined {
    return this.children.find(({ spec }) => spec.id === id);
  }

  #count(): ChildCounts {
    const supervisors = this.children.filter(({ spec }) => spec.type === 'supervisor').length;
    const active = this.children.filter(({ pid }) => pid !== null && this.#context.isAlive(pid)).length;
    return { specs: this.children.length, active, supervisors, workers: this.children.length - supervisors };
  }

  #report(context: SupervisorReport['context'], reason: ExitReason, child: Child): void {
    this.#context.reportSupervision({ supervisor: this.#self, context, reason, child: { id: child.spec.id, pid: child.pid } });
  }
}

function whyNotStopped(child: Child | undefined): string {
  if (child === undefined) return 'not_found';
  return child.restarting ? 'restarting' : 'running';
}

function infoOf({ spec, pid, restarting }: Child): ChildInfo {
  return { id: spec.id, pid: restarting ? 'restarting' : (pid ?? 'undefined'), type: spec.type, restart: spec.restart };
}
