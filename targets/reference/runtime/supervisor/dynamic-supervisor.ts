import type { Context } from '../context.ts';
import { type ExitReason, isOrderly } from '../exit-reason.ts';
import type { DownMessage } from '../messages.ts';
import type { Pid } from '../pid.ts';
import { RECEIVE_TIMEOUT } from '../receive.ts';
import { receive, type Steps } from '../routine.ts';
import { startLink } from '../start-link.ts';
import { checkSupervisorSpec, type DynamicSupervisorSpec, type FullChildSpec, withDefaults } from './child-spec.ts';
import type { ChildCounts, ChildInfo, SupervisorRequest } from './requests.ts';
import { RestartIntensity } from './restart-intensity.ts';
import type { Verdict } from './static-supervisor.ts';
import { endedAsAsked, stopChild } from './stop-child.ts';
import type { SupervisorReport } from './supervisor-report.ts';

/** Any number of children of one kind, each known by its pid: simple_one_for_one. */
export class DynamicSupervisor {
  spec: DynamicSupervisorSpec;
  /** The arguments of each, for its restart. */
  readonly children = new Map<Pid, unknown>();
  /** Those whose restart failed and is tried again, by the pid they had. */
  readonly #restarting = new Map<Pid, unknown>();
  #child: FullChildSpec;
  readonly #context: Context;
  readonly #self: Pid;
  readonly #intensity: RestartIntensity;

  constructor(spec: DynamicSupervisorSpec, context: Context) {
    this.spec = spec;
    this.#child = withDefaults(spec.child);
    this.#context = context;
    this.#self = context.self;
    this.#intensity = new RestartIntensity(spec.intensity ?? 1, spec.periodMs ?? 5000);
  }

  adopt(pid: Pid, args: unknown): void {
    this.children.set(pid, args);
  }

  *childEnded(pid: Pid, reason: ExitReason): Steps<Verdict> {
    if (!this.children.has(pid)) return 'go on';
    const args = this.children.get(pid);
    const { restart } = this.#child;
    this.children.delete(pid);
    if (restart !== 'permanent' && isOrderly(reason)) return 'go on';
    this.#report('child_terminated', reason, pid);
    return restart === 'temporary' ? 'go on' : yield* this.#restart(pid, args);
  }

  *tryAgain(pid: Pid): Steps<Verdict> {
    if (!this.#restarting.has(pid)) return 'go on';
    const args = this.#restarting.get(pid);
    this.#restarting.delete(pid);
    return yield* this.#restart(pid, args);
  }

  *answer(request: SupervisorRequest): Steps<unknown> {
    switch (request.type) {
      case 'start_dynamic_child': {
        const started = yield* startLink(this.#context, this.#child.start, request.args, this.#child.name);
        if (started === 'ignore') return { ok: 'undefined' };
        if ('ok' in started) this.children.set(started.ok, request.args);
        return started;
      }
      case 'terminate_child': {
        if (typeof request.child === 'string') return { error: 'simple_one_for_one' };
        const pid = request.child;
        if (this.#restarting.delete(pid)) return { ok: true };
        // As in OTP, whoever is dead already counts as terminated, child or not.
        if (!this.children.has(pid)) return this.#context.isAlive(pid) ? { error: 'not_found' } : { ok: true };
        const complaint = yield* stopChild(this.#context, pid, this.#child);
        if (complaint !== null) this.#report('shutdown_error', complaint, pid);
        this.children.delete(pid);
        return { ok: true };
      }
      case 'which_children':
        return this.#which();
      case 'count_children':
        return this.#count();
      case 'get_childspec':
        return request.id === this.#child.id ? { ok: this.#child } : { error: 'not_found' };
      case 'change_spec':
        if (request.spec.strategy !== 'simple_one_for_one') return { error: 'bad_strategy' };
        checkSupervisorSpec(request.spec);
        this.spec = request.spec;
        this.#child = withDefaults(request.spec.child);
        this.#intensity.change(request.spec.intensity ?? 1, request.spec.periodMs ?? 5000);
        return { ok: true };
      case 'start_child':
      case 'restart_child':
      case 'delete_child':
        return { error: 'simple_one_for_one' };
    }
  }

  /** All are asked at once and share one time limit, as order means nothing among them. */
  *stopAll(): Steps {
    const context = this.#context;
    const { shutdown } = this.#child;
    const waiting = new Map<unknown, Pid>();
    for (const pid of this.children.keys()) {
      waiting.set(context.monitor(pid), pid);
      context.unlink(pid);
      context.exitSignal(pid, shutdown === 'brutal_kill' ? 'kill' : 'shutdown');
    }
    const isDown = (message: unknown): message is DownMessage =>
      (message as DownMessage | null)?.type === 'DOWN' && waiting.has((message as DownMessage).ref);
    let deadline = typeof shutdown === 'number' ? context.now() + shutdown : Infinity;
    while (waiting.size > 0) {
      const down = yield* receive(isDown, Math.max(0, deadline - context.now()));
      if (down === RECEIVE_TIMEOUT) {
        deadline = Infinity;
        for (const pid of waiting.values()) context.exitSignal(pid, 'kill');
        continue;
      }
      const pid = waiting.get(down.ref) as Pid;
      waiting.delete(down.ref);
      if (down.reason !== 'noproc' && !endedAsAsked(down.reason, this.#child)) this.#report('shutdown_error', down.reason, pid);
    }
    this.children.clear();
    this.#restarting.clear();
  }

  *#restart(pid: Pid, args: unknown): Steps<Verdict> {
    if (!this.#intensity.add(this.#context.now())) {
      this.#report('shutdown', 'reached_max_restart_intensity', pid);
      return 'shutdown';
    }
    const started = yield* startLink(this.#context, this.#child.start, args, this.#child.name);
    if (started === 'ignore') return 'go on';
    if ('ok' in started) {
      this.children.set(started.ok, args);
      return 'go on';
    }
    this.#report('start_error', started.error, pid);
    this.#restarting.set(pid, args);
    this.#context.send(this.#self, { type: 'try_again', id: pid });
    return 'go on';
  }

  #which(): ChildInfo[] {
    const { type, restart } = this.#child;
    const running = [...this.children.keys()].map((pid) => ({ id: null, pid, type, restart }));
    const failing = [...this.#restarting.keys()].map(() => ({ id: null, pid: 'restarting' as const, type, restart }));
    return [...running, ...failing].reverse();
  }

  #count(): ChildCounts {
    const all = this.children.size + this.#restarting.size;
    const supervisors = this.#child.type === 'supervisor' ? all : 0;
    // Other than for a fixed child, OTP does not look whether a dynamic one still lives.
    return { specs: 1, active: this.children.size, supervisors, workers: all - supervisors };
  }

  #report(context: SupervisorReport['context'], reason: ExitReason, pid: Pid): void {
    this.#context.reportSupervision({ supervisor: this.#self, context, reason, child: { id: this.#child.id, pid } });
  }
}
