/** The programs of the differential test: data, and their spelling as Erlang terms for the oracle. */

/** An Erlang atom is a string here, an integer a number, a list an array; a tuple is spelt by `tuple`. */
export type Term = string | number | boolean | readonly Term[] | Tuple;

export interface Tuple {
  readonly tuple: readonly Term[];
}

export const tuple = (...elements: readonly Term[]): Tuple => ({ tuple: elements });

/** An atom, or `{shutdown, Atom}`. */
export type Reason = string | { readonly shutdown: string };

export type Name = 'a' | 'b' | 'c';

/** What one actor is told to do. Numbers are slots (processes), monitors, aliases or message numbers of the program. */
export type Command =
  | { readonly op: 'spawn'; readonly how: 'plain' | 'link'; readonly slot: number }
  | { readonly op: 'spawn_monitor'; readonly slot: number; readonly monitor: number }
  | { readonly op: 'link' | 'unlink'; readonly slot: number }
  | { readonly op: 'monitor'; readonly monitor: number; readonly target: number | Name }
  | { readonly op: 'demonitor'; readonly monitor: number; readonly flush: boolean }
  | { readonly op: 'exit'; readonly reason: Reason }
  | { readonly op: 'error' | 'throw'; readonly reason: string }
  | { readonly op: 'exit_signal'; readonly slot: number; readonly reason: Reason }
  | { readonly op: 'trap'; readonly on: boolean }
  | { readonly op: 'send'; readonly target: number | Name; readonly n: number }
  | { readonly op: 'send_alias'; readonly alias: number; readonly n: number }
  | { readonly op: 'register'; readonly name: Name; readonly slot: number }
  | { readonly op: 'unregister'; readonly name: Name }
  | { readonly op: 'alias'; readonly alias: number; readonly once: boolean }
  | { readonly op: 'unalias'; readonly alias: number }
  | { readonly op: 'take'; readonly n: number }
  | { readonly op: 'drain' }
  | { readonly op: 'burst'; readonly commands: readonly Command[] };

export interface Step {
  readonly slot: number;
  readonly command: Command;
}

/** Actors 0 to `roots` - 1 exist from the start; the others are spawned, each slot once. */
export interface ActorProgram {
  readonly kind: 'actors';
  readonly roots: number;
  readonly steps: readonly Step[];
}

export interface ChildPlan {
  readonly id: string;
  readonly restart: 'permanent' | 'transient' | 'temporary';
  readonly shutdown: number | 'brutal_kill';
  readonly significant: boolean;
  /** Stubborn: traps exits and does not heed its supervisor's. */
  readonly kind: 'plain' | 'trapping' | 'stubborn';
  /** How each start goes; the last for ever. */
  readonly starts: readonly ('ok' | 'ignore' | 'fail')[];
}

export type SupervisorStep =
  | { readonly op: 'kill' | 'stop'; readonly id: string; readonly reason: Reason }
  | { readonly op: 'unlink' | 'terminate' | 'restart' | 'delete'; readonly id: string }
  | { readonly op: 'start'; readonly child: ChildPlan }
  | { readonly op: 'count' };

export interface SupervisorProgram {
  readonly kind: 'supervisor';
  readonly strategy: 'one_for_one' | 'one_for_all' | 'rest_for_one' | 'simple_one_for_one';
  readonly intensity: number;
  readonly autoShutdown: 'never' | 'any_significant' | 'all_significant';
  readonly children: readonly ChildPlan[];
  readonly steps: readonly SupervisorStep[];
}

export type Program = ActorProgram | SupervisorProgram;

/** One line, as the oracle reads it. */
export function toErlang(program: Program): string {
  return `${spell(program.kind === 'actors' ? actorTerm(program) : supervisorTerm(program))}.`;
}

function spell(term: Term): string {
  if (typeof term !== 'object') return String(term);
  if (Array.isArray(term)) return `[${term.map(spell).join(',')}]`;
  return `{${(term as Tuple).tuple.map(spell).join(',')}}`;
}

function actorTerm({ roots, steps }: ActorProgram): Term {
  return tuple(
    'actors',
    roots,
    steps.map(({ slot, command }) => tuple(slot, commandTerm(command))),
  );
}

function commandTerm(command: Command): Term {
  switch (command.op) {
    case 'spawn':
      return tuple('spawn', command.how, command.slot);
    case 'spawn_monitor':
      return tuple('spawn', 'monitor', command.slot, command.monitor);
    case 'link':
    case 'unlink':
      return tuple(command.op, command.slot);
    case 'monitor':
      return tuple('monitor', command.monitor, command.target);
    case 'demonitor':
      return tuple('demonitor', command.monitor, command.flush ? 'flush' : 'keep');
    case 'exit':
      return tuple('exit', reasonTerm(command.reason));
    case 'error':
    case 'throw':
      return tuple(command.op, command.reason);
    case 'exit_signal':
      return tuple('exit_signal', command.slot, reasonTerm(command.reason));
    case 'trap':
      return tuple('trap', command.on);
    case 'send':
      return tuple('send', command.target, command.n);
    case 'send_alias':
      return tuple('send_alias', command.alias, command.n);
    case 'register':
      return tuple('register', command.name, command.slot);
    case 'unregister':
      return tuple('unregister', command.name);
    case 'alias':
      return tuple('alias', command.alias, command.once ? 'once' : 'explicit');
    case 'unalias':
      return tuple('unalias', command.alias);
    case 'take':
      return tuple('take', command.n);
    case 'drain':
      return 'drain';
    case 'burst':
      return tuple('burst', command.commands.map(commandTerm));
  }
}

function supervisorTerm({ strategy, intensity, autoShutdown, children, steps }: SupervisorProgram): Term {
  return tuple('supervisor', tuple(strategy, intensity, autoShutdown), children.map(childTerm), steps.map(supervisorStepTerm));
}

function childTerm({ id, restart, shutdown, significant, kind, starts }: ChildPlan): Term {
  return tuple(id, restart, shutdown, significant, kind, starts);
}

function supervisorStepTerm(step: SupervisorStep): Term {
  switch (step.op) {
    case 'kill':
    case 'stop':
      return tuple(step.op, step.id, reasonTerm(step.reason));
    case 'start':
      return tuple('start', childTerm(step.child));
    case 'count':
      return 'count';
    default:
      return tuple(step.op, step.id);
  }
}

function reasonTerm(reason: Reason): Term {
  return typeof reason === 'string' ? reason : tuple('shutdown', reason.shutdown);
}
