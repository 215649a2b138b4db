import {
  type Behaviour,
  type ChildInfo,
  type ChildSpec,
  type Context,
  type ExitReason,
  type Pid,
  type SupervisorReport,
  type SupervisorRequest,
  type SupervisorSpec,
  supervisor,
  whichChildren,
} from '../../../../targets/reference/runtime/index.ts';
import { createRig, type Rig } from './rig.ts';

/** A supervisor under test: what its children did, in order, and the means to disturb them. */
export interface Supervised extends Rig {
  readonly pid: Pid;
  /** `start x`, `stop x shutdown`: what trapping children say. */
  readonly log: string[];
  readonly reports: SupervisorReport[];
  /** A child's spec; `starts` tells how each start goes, the last for ever. */
  child(id: string, more?: Partial<ChildSpec> & { readonly starts?: readonly Outcome[]; readonly deaf?: boolean }): ChildSpec;
  /** Start the supervisor; the reason it ended with is in `ended`. */
  start(spec: SupervisorSpec): Pid;
  ended(): ExitReason | undefined;
  ask(request: SupervisorRequest): unknown;
  /** id -> pid of the children that run. */
  running(): Map<string, Pid>;
  /** The child of this id exits by itself. */
  exit(id: string, reason: ExitReason): void;
  pidOf(id: string): Pid;
}

export type Outcome = 'ok' | 'ignore' | 'fail';

type Order = { readonly exit: ExitReason } | { readonly do: (context: Context) => void };

export function createSupervised(): Supervised {
  const rig = createRig();
  const { runtime, platform } = rig;
  const log: string[] = [];
  const reports: SupervisorReport[] = [];
  const pids = new Map<string, Pid>();
  const starts = new Map<string, number>();
  let pid: Pid | undefined;
  let ended: ExitReason | undefined;
  runtime.onSupervisorReport((report) => reports.push(report));

  const behaviour = (id: string, outcomes: readonly Outcome[], deaf: boolean): Behaviour<null, unknown, unknown> => ({
    name: 'child',
    init(_, context) {
      context.trapExit(true);
      const n = (starts.get(id) ?? 0) + 1;
      starts.set(id, n);
      pids.set(id, context.self);
      const outcome = outcomes[Math.min(n, outcomes.length) - 1];
      log.push(outcome === 'ok' ? `start ${id}` : `start ${id} ${outcome}`);
      if (outcome === 'fail') context.exit('refused');
      if (outcome === 'ignore') context.ignore();
      return null;
    },
    handle(message, _, context) {
      const order = message as Order | { readonly type: 'EXIT'; readonly from: Pid; readonly reason: ExitReason };
      if ('exit' in order) context.exit(order.exit);
      if ('do' in order) order.do(context);
      if ('type' in order && order.from === context.parent && !deaf) {
        log.push(`stop ${id} ${order.reason}`);
        context.exit(order.reason);
      }
      return null;
    },
  });

  const supervised: Supervised = {
    ...rig,
    log,
    reports,
    get pid() {
      return pid as Pid;
    },
    child: (id, { starts: outcomes = ['ok'] as readonly Outcome[], deaf = false, ...more } = {}) => ({
      id,
      start: behaviour(id, outcomes, deaf),
      ...more,
    }),
    start(spec) {
      pid = runtime.spawn(supervisor, spec);
      runtime.monitor(pid, (reason) => {
        ended = reason;
      });
      platform.settle();
      return pid;
    },
    ended: () => ended,
    ask(request) {
      let answer: unknown;
      runtime.call(supervised.pid, request, 600_000, (outcome) => {
        answer = outcome.type === 'reply' ? outcome.result : outcome;
      });
      for (let ms = 0; answer === undefined && ms < 600_000; ms += 1000) platform.advance(ms === 0 ? 0 : 1000);
      return answer;
    },
    running() {
      const children = supervised.ask(whichChildren()) as ChildInfo[];
      return new Map(children.flatMap(({ id, pid: child }) => (typeof child === 'string' ? [] : [[id ?? String(child), child]])));
    },
    exit(id, reason) {
      runtime.send(supervised.pidOf(id), { exit: reason });
      platform.settle();
    },
    pidOf: (id) => pids.get(id) as Pid,
  };
  return supervised;
}
