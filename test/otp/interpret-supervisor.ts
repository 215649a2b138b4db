import {
  type Behaviour,
  type CallOutcome,
  type ChildCounts,
  type ChildInfo,
  type ChildSpec,
  countChildren,
  createRuntime,
  deleteChild,
  type ExitReason,
  type Pid,
  restartChild,
  type SupervisorRequest,
  type SupervisorSpec,
  startChild,
  startDynamicChild,
  supervisor,
  terminateChild,
  whichChildren,
} from '../../targets/reference/runtime/index.ts';
import { createManualPlatform } from '../targets/reference/runtime/manual-platform.ts';
import { showReason, toReason } from './notation.ts';
import type { ChildPlan, SupervisorProgram, SupervisorStep } from './program.ts';

/** Longer than any shutdown time of a program that somebody lets pass. */
const LONG_MS = 50;
const NEVER_MS = 3_600_000;

/** The same program on this project's runtime, in the oracle's notation: one string a step. */
export function interpretSupervisor(program: SupervisorProgram): string[] {
  const platform = createManualPlatform();
  const runtime = createRuntime({ platform, name: 'n', creation: 1 });
  const log: string[] = [];
  const startsOf = new Map<string, number>();
  const pidOf = new Map<string, Pid>();
  const idOf = new Map<Pid, string>();

  const child = (plan: ChildPlan): Behaviour<string, unknown, string> => ({
    name: 'child',
    init(id, context) {
      context.trapExit(plan.kind !== 'plain');
      const n = (startsOf.get(id) ?? 0) + 1;
      startsOf.set(id, n);
      const outcome = plan.starts[Math.min(n, plan.starts.length) - 1] as 'ok' | 'ignore' | 'fail';
      log.push(`start(${id},${outcome})`);
      pidOf.set(id, context.self);
      idOf.set(context.self, id);
      if (outcome === 'fail') context.exit('refused');
      if (outcome === 'ignore') context.ignore();
      return id;
    },
    handle(message, id, context) {
      const mail = message as { type: string; reason: ExitReason; from?: Pid };
      if (mail.type === 'stop') context.exit(mail.reason);
      if (mail.type === 'unlink') context.unlink(context.parent as Pid);
      if (mail.type === 'EXIT' && mail.from === context.parent && plan.kind === 'trapping') {
        log.push(`stop(${id},${showReason(mail.reason)})`);
        context.exit(mail.reason);
      }
      return id;
    },
  });
  const spec = (plan: ChildPlan): ChildSpec => ({
    id: plan.id,
    start: child(plan),
    args: plan.id,
    restart: plan.restart,
    shutdown: plan.shutdown,
    significant: plan.significant,
  });

  const flags = { intensity: program.intensity, periodMs: NEVER_MS };
  const supervisorSpec: SupervisorSpec =
    program.strategy === 'simple_one_for_one'
      ? { strategy: 'simple_one_for_one', ...flags, child: spec(program.children[0] as ChildPlan) }
      : { strategy: program.strategy, ...flags, autoShutdown: program.autoShutdown, children: program.children.map(spec) };

  let sup: Pid | null = null;
  let started = '';
  const parent: Behaviour<null, unknown, null> = {
    name: 'parent',
    init(_, context) {
      context.trapExit(true);
      sup = context.startLink(supervisor, supervisorSpec).pid;
      return null;
    },
    handle(message, _, context) {
      const mail = message as CallOutcome | { type: 'EXIT'; reason: ExitReason } | { type: 'end' };
      if (mail.type === 'reply') started = 'started';
      if (mail.type === 'call-down') started = `not_started(${showReason(mail.reason)})`;
      if (mail.type === 'EXIT') log.push(`supervisor(${showReason(mail.reason)})`);
      if (mail.type === 'end') context.exitSignal(sup as unknown as Pid, 'shutdown');
      return null;
    },
  };

  const ask = (request: SupervisorRequest): unknown => {
    let answer: unknown = 'dead';
    runtime.call(sup as unknown as Pid, request, NEVER_MS, (outcome) => {
      if (outcome.type === 'reply') answer = outcome.result;
    });
    platform.advance(LONG_MS);
    return answer;
  };
  const children = (): string => {
    const answer = ask(whichChildren());
    if (answer === 'dead') return 'dead';
    const shown = (answer as ChildInfo[]).map(({ id, pid }) => {
      if (id === null) return typeof pid === 'string' ? pid : `${idOf.get(pid)}:running`;
      return `${id}:${typeof pid === 'string' ? pid : 'running'}`;
    });
    return `[${(program.strategy === 'simple_one_for_one' ? shown.toSorted() : shown).join(',')}]`;
  };
  const quiet = (): string => {
    platform.advance(LONG_MS);
    const now = children();
    return `${log.splice(0).join(',')} ${now}`;
  };
  const step = (told: SupervisorStep): string => {
    const dynamic = program.strategy === 'simple_one_for_one';
    switch (told.op) {
      case 'start':
        return showAnswer(ask(dynamic ? startDynamicChild(told.child.id) : startChild(spec(told.child))));
      case 'count': {
        const counts = ask(countChildren()) as ChildCounts | 'dead';
        return counts === 'dead' ? 'dead' : `count([${counts.specs},${counts.active},${counts.supervisors},${counts.workers}])`;
      }
      case 'restart':
        return showAnswer(ask(restartChild(told.id)));
      case 'delete':
        return showAnswer(ask(deleteChild(told.id)));
      case 'terminate': {
        const pid = pidOf.get(told.id);
        if (dynamic && pid === undefined) return 'skipped';
        return showAnswer(ask(terminateChild(dynamic ? (pid as Pid) : told.id)));
      }
      default: {
        const pid = pidOf.get(told.id);
        if (pid === undefined) return 'skipped';
        if (told.op === 'kill') runtime.exit(pid, toReason(told.reason));
        else runtime.send(pid, told.op === 'stop' ? { type: 'stop', reason: toReason(told.reason) } : { type: 'unlink' });
        return { kill: 'killed', stop: 'told', unlink: 'unlinked' }[told.op];
      }
    }
  };

  const parentPid = runtime.spawn(parent, null);
  platform.advance(LONG_MS);
  const lines = [`${started} ${quiet()}`];
  if (started !== 'started') return lines;
  for (const told of program.steps) {
    const answer = step(told);
    lines.push(`${answer} ${quiet()}`);
  }
  runtime.send(parentPid, { type: 'end' });
  lines.push(`end ${quiet()}`);
  return lines;
}

function showAnswer(answer: unknown): string {
  if (answer === 'dead') return 'dead';
  const { ok, error } = answer as { ok?: unknown; error?: unknown };
  if (ok === true) return 'ok';
  if (ok !== undefined) return ok === 'undefined' ? 'ok(undefined)' : 'ok(pid)';
  if (typeof error === 'string') return `error(${error})`;
  return typeof error === 'object' && error !== null && 'already_started' in error ? 'already_started' : 'invalid';
}
