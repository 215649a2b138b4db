import type { Behaviour } from '../behaviour.ts';
import type { Context } from '../context.ts';
import type { CallMessage, ExitMessage } from '../messages.ts';
import type { Pid } from '../pid.ts';
import { receive, type Steps } from '../routine.ts';
import type { AdoptMessage } from '../spawn.ts';
import { checkSupervisorSpec, type SupervisorSpec } from './child-spec.ts';
import { DynamicSupervisor } from './dynamic-supervisor.ts';
import type { SupervisorRequest } from './requests.ts';
import { StaticSupervisor } from './static-supervisor.ts';

type Mail =
  | ExitMessage
  | CallMessage<SupervisorRequest>
  | AdoptMessage
  | { readonly type: 'try_again'; readonly id: string & Pid };

/** The state of a supervisor's process: where its story stands, and whom it supervises. */
export interface Supervision {
  readonly steps: Steps;
  readonly supervisor: StaticSupervisor | DynamicSupervisor;
}

/**
 * Starts, watches, restarts and stops children. Spawn it with a SupervisorSpec, alone or as the child of another supervisor.
 * Asked by `context.call(supervisor, startChild(…))` and its siblings. Ends with `shutdown` when the restart intensity is
 * exceeded, and with the reason of its parent's exit signal.
 */
export const supervisor: Behaviour<Supervision, unknown, SupervisorSpec> = {
  name: 'supervisor',
  acknowledgesStart: true,
  init(spec, context) {
    checkSupervisorSpec(spec);
    context.trapExit(true);
    const subject =
      spec.strategy === 'simple_one_for_one' ? new DynamicSupervisor(spec, context) : new StaticSupervisor(spec, context);
    return step({ steps: supervise(subject, context), supervisor: subject }, undefined, context);
  },
  handle: (message, supervision, context) => step(supervision, message, context),
  redact: ({ supervisor: { spec, children } }) => ({
    strategy: spec.strategy,
    children: Array.isArray(children) ? children.map((child) => ({ id: child.spec.id, pid: child.pid })) : children.size,
  }),
};

/** What the supervision tree shows of a supervisor; null for any other process. */
export function supervisorView(process: {
  readonly behaviour: unknown;
  readonly state: unknown;
  readonly initialised: boolean;
}): { readonly strategy: string; readonly ids: ReadonlyMap<Pid, string> | null; readonly childId: string | null } | null {
  if (process.behaviour !== supervisor || !process.initialised) return null;
  const subject = (process.state as Supervision).supervisor;
  if (subject instanceof DynamicSupervisor) return { strategy: subject.spec.strategy, ids: null, childId: subject.spec.child.id };
  const running = subject.children.filter((child) => child.pid !== null);
  return {
    strategy: subject.spec.strategy,
    ids: new Map(running.map((child) => [child.pid as Pid, child.spec.id])),
    childId: null,
  };
}

function step(supervision: Supervision, message: unknown, context: Context): Supervision {
  const next = supervision.steps.next(message);
  if (next.done) context.stop('normal');
  else context.receive(next.value.matches, next.value.timeoutMs);
  return supervision;
}

function* supervise(subject: StaticSupervisor | DynamicSupervisor, context: Context): Steps {
  const failure = subject instanceof StaticSupervisor ? yield* subject.startAll() : null;
  if (failure !== null) return context.exit(failure);
  context.started();
  while (true) {
    const message = (yield* receive()) as Mail;
    const reason = yield* supervisedStep(subject, message, context);
    if (reason === null) continue;
    yield* subject.stopAll();
    return context.exit(reason);
  }
}

/** Handle one message. Returns the reason to end with, or null. */
function* supervisedStep(
  subject: StaticSupervisor | DynamicSupervisor,
  message: Mail,
  context: Context,
): Steps<ExitMessage['reason'] | null> {
  switch (message?.type) {
    case 'EXIT': {
      if (message.from === context.parent) return message.reason;
      if (message.from === null) return null;
      return (yield* subject.childEnded(message.from, message.reason)) === 'shutdown' ? 'shutdown' : null;
    }
    case 'call':
      context.reply(message.from, yield* subject.answer(message.request));
      return null;
    case 'adopt':
      if (subject instanceof DynamicSupervisor) subject.adopt(message.pid, message.args);
      return null;
    case 'try_again':
      return (yield* subject.tryAgain(message.id)) === 'shutdown' ? 'shutdown' : null;
    default:
      return null;
  }
}
