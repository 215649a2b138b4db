import fc from 'fast-check';
import type { ActorProgram, ChildPlan, Command, Name, Reason, Step, SupervisorProgram, SupervisorStep } from './program.ts';

const SLOTS = 12;
const ROOTS = 3;

const slot = fc.integer({ min: 0, max: SLOTS - 1 });
/** Mostly the early ones, which exist. */
const likelySlot = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: ROOTS - 1 }) }, { weight: 3, arbitrary: slot });
const name = fc.constantFrom<Name>('a', 'b', 'c');
const atom = fc.constantFrom('normal', 'kill', 'killed', 'shutdown', 'boom', 'noproc', 'bye');
const reason: fc.Arbitrary<Reason> = fc.oneof(
  { weight: 6, arbitrary: atom },
  { weight: 1, arbitrary: fc.record({ shutdown: fc.constantFrom('upgrade', 'boom') }) },
);
const small = fc.integer({ min: 0, max: 5 });

/** Numbers that must be given out once in a program are filled in afterwards, in order. */
const UNNUMBERED = -1;

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      op: fc.constant('spawn' as const),
      how: fc.constantFrom('plain', 'link', 'link'),
      slot: fc.constant(UNNUMBERED),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('spawn_monitor' as const),
      slot: fc.constant(UNNUMBERED),
      monitor: fc.constant(UNNUMBERED),
    }),
  },
  { weight: 7, arbitrary: fc.record({ op: fc.constant('link' as const), slot: likelySlot }) },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('unlink' as const), slot: likelySlot }) },
  {
    weight: 5,
    arbitrary: fc.record({
      op: fc.constant('monitor' as const),
      monitor: fc.constant(UNNUMBERED),
      target: fc.oneof<fc.Arbitrary<number | Name>[]>(likelySlot, name),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('demonitor' as const), monitor: small, flush: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('exit' as const), reason }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constantFrom('error' as const, 'throw' as const),
      reason: fc.constantFrom('boom', 'normal', 'kill'),
    }),
  },
  { weight: 7, arbitrary: fc.record({ op: fc.constant('exit_signal' as const), slot: likelySlot, reason }) },
  {
    weight: 5,
    arbitrary: fc.record({
      op: fc.constant('trap' as const),
      on: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant('send' as const),
      target: fc.oneof<fc.Arbitrary<number | Name>[]>(likelySlot, likelySlot, name),
      n: small,
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('register' as const), name, slot: likelySlot }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('unregister' as const), name }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('alias' as const), alias: fc.constant(UNNUMBERED), once: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ op: fc.constant('send_alias' as const), alias: fc.integer({ min: 0, max: 1 }), n: small }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('unalias' as const), alias: fc.integer({ min: 0, max: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('take' as const), n: small }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('drain' as const) }) },
  { weight: 2, arbitrary: burst() },
);

/**
 * Several signals to one receiver with nothing in between: the order of each pair is what is tested, so all go the same way, and
 * what may end the receiver comes last (what follows it may or may not find it alive, in OTP as well).
 */
function burst(): fc.Arbitrary<Command> {
  const harmless = fc.oneof(
    fc.record({ op: fc.constant('send' as const), n: small }),
    fc.record({ op: fc.constant('exit_signal' as const), reason: fc.constant('normal' as const) }),
    fc.record({ op: fc.constantFrom('link' as const, 'unlink' as const) }),
  );
  const last = fc.oneof(
    fc.record({ op: fc.constant('exit_signal' as const), reason }),
    fc.record({ op: fc.constant('send' as const), n: small }),
  );
  return fc.tuple(likelySlot, fc.array(harmless, { minLength: 1, maxLength: 5 }), last).map(([target, first, end]) => ({
    op: 'burst',
    commands: [...first, end].map((part): Command => {
      if (part.op === 'send') return { op: 'send', target, n: part.n };
      if (part.op === 'exit_signal') return { op: 'exit_signal', slot: target, reason: part.reason };
      return { op: part.op, slot: target };
    }),
  }));
}

/** Programs of up to a dozen processes. */
export const actorProgram: fc.Arbitrary<ActorProgram> = fc
  .array(fc.record({ slot: likelySlot, command }), { minLength: 3, maxLength: 30 })
  .map((steps) => ({ kind: 'actors', roots: ROOTS, steps: numbered(steps) }));

/** Give out slots, monitors and aliases in order; spawns beyond the last slot go. */
function numbered(steps: readonly Step[]): Step[] {
  let nextSlot = ROOTS;
  let nextMonitor = 0;
  let nextAlias = 0;
  return steps.flatMap((step): Step[] => {
    const { command: told } = step;
    switch (told.op) {
      case 'spawn':
        return nextSlot >= SLOTS ? [] : [{ ...step, command: { ...told, slot: nextSlot++ } }];
      case 'spawn_monitor':
        return nextSlot >= SLOTS ? [] : [{ ...step, command: { ...told, slot: nextSlot++, monitor: nextMonitor++ } }];
      case 'monitor':
        return [{ ...step, command: { ...told, monitor: nextMonitor++ } }];
      case 'alias':
        return [{ ...step, command: { ...told, alias: nextAlias++ } }];
      default:
        return [step];
    }
  });
}

const childId = fc.constantFrom('x', 'y', 'z', 'w');

function childPlan(id: fc.Arbitrary<string>, significant: fc.Arbitrary<boolean>): fc.Arbitrary<ChildPlan> {
  return fc
    .record({
      id,
      restart: fc.constantFrom('permanent' as const, 'transient' as const, 'temporary' as const),
      shutdown: fc.constantFrom<(number | 'brutal_kill')[]>(10, 10, 'brutal_kill'),
      significant,
      kind: fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom('plain' as const, 'trapping' as const) },
        { weight: 1, arbitrary: fc.constant('stubborn' as const) },
      ),
      starts: fc.oneof(
        { weight: 6, arbitrary: fc.constant(['ok'] as const) },
        {
          weight: 2,
          arbitrary: fc.array(fc.constantFrom('ok' as const, 'ok' as const, 'fail' as const, 'ignore' as const), {
            minLength: 1,
            maxLength: 4,
          }),
        },
      ),
    })
    .map((plan) => ({ ...plan, significant: plan.significant && plan.restart !== 'permanent' }));
}

const childReason: fc.Arbitrary<Reason> = fc.oneof(
  fc.constantFrom('normal', 'shutdown', 'boom', 'kill', 'killed'),
  fc.constant({ shutdown: 'upgrade' }),
);

const supervisorStep: fc.Arbitrary<SupervisorStep> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ op: fc.constantFrom('stop' as const, 'kill' as const), id: childId, reason: childReason }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('unlink' as const), id: childId }) },
  {
    weight: 4,
    arbitrary: fc.record({ op: fc.constantFrom('terminate' as const, 'restart' as const, 'delete' as const), id: childId }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('start' as const), child: childPlan(childId, fc.constant(false)) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('count' as const) }) },
);

/** One supervisor with up to four children, told to start, stop, restart and lose them. */
export const supervisorProgram: fc.Arbitrary<SupervisorProgram> = fc
  .record({
    strategy: fc.constantFrom(
      'one_for_one' as const,
      'one_for_all' as const,
      'rest_for_one' as const,
      'simple_one_for_one' as const,
    ),
    intensity: fc.integer({ min: 0, max: 4 }),
    autoShutdown: fc.constantFrom('never' as const, 'never' as const, 'any_significant' as const, 'all_significant' as const),
    plans: fc.tuple(
      childPlan(fc.constant('x'), fc.boolean()),
      childPlan(fc.constant('y'), fc.boolean()),
      childPlan(fc.constant('z'), fc.boolean()),
      childPlan(fc.constant('w'), fc.boolean()),
    ),
    count: fc.integer({ min: 1, max: 4 }),
    steps: fc.array(supervisorStep, { minLength: 1, maxLength: 10 }),
  })
  .map(({ strategy, intensity, autoShutdown, plans, count, steps }) => {
    const dynamic = strategy === 'simple_one_for_one';
    const auto = dynamic ? 'never' : autoShutdown;
    const children = plans.slice(0, count).map((plan) => ({
      ...plan,
      significant: plan.significant && auto !== 'never',
      // A dynamic child that ignores its restart leaves OTP 25's supervisor with a child that it crashes on when it stops.
      starts: dynamic ? plan.starts.map((start, i) => (start === 'ignore' && i > 0 ? 'ok' : start)) : plan.starts,
    }));
    // A dynamic child is named by its own number, for each id may be started once.
    const ids = new Set<string>();
    const once = steps.filter((step) => {
      if (!dynamic || step.op !== 'start') return true;
      if (ids.has(step.child.id)) return false;
      ids.add(step.child.id);
      return true;
    });
    return { kind: 'supervisor', strategy, intensity, autoShutdown: auto, children, steps: once };
  });
