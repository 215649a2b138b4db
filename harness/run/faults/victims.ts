/** Which users a fault strikes: drawn from the seed among those whose process is alive. */
import { plural } from '../../evidence/result/format.ts';
import { type FaultContext, ImpossibleFault, type Injection } from './fault.ts';
import type { UserSettings } from './user-settings.ts';

export interface Victim {
  readonly user: number;
  /** The process that was alive just before the fault. */
  readonly incarnation: string;
}

/** Users queried at once: the control plane answers in well under a millisecond, and the strikes should come together. */
const AT_ONCE = 16;
/** A random victim may be asleep: this many candidates are examined for each victim wanted. */
const CANDIDATES_PER_VICTIM = 8;

/** Up to `count` users with a live process: the one named, or drawn at random (`target` is `random`). */
async function chooseVictims(target: string, count: number, context: FaultContext): Promise<readonly Victim[]> {
  const candidates = target === 'random' ? shuffled(context) : namedUser(target, context);
  const victims: Victim[] = [];
  const limit = Math.min(candidates.length, count * CANDIDATES_PER_VICTIM + AT_ONCE);
  for (let next = 0; next < limit && victims.length < count; next += AT_ONCE) {
    const batch = candidates.slice(next, Math.min(next + AT_ONCE, limit));
    const states = await inBatches(batch, (user) => context.deployment.userProcess(context.userName(user)));
    states.forEach((state, index) => {
      if (state.alive && victims.length < count) victims.push({ user: batch[index] as number, incarnation: state.incarnation });
    });
  }
  return victims;
}

/** What a kind that strikes users' processes keeps of its injection. */
export interface Struck {
  readonly asked: number;
  readonly victims: readonly Victim[];
  /** Victims for whom the server reported that it carried out the strike. */
  readonly acknowledged: number;
}

/** Chooses the victims and strikes them all. @throws ImpossibleFault if no process is alive. */
export async function strikeUsers(
  { target, count }: UserSettings,
  context: FaultContext,
  strike: (user: string) => Promise<boolean>,
): Promise<Injection<Struck>> {
  const victims = await chooseVictims(target, count, context);
  if (victims.length === 0) throw new ImpossibleFault(`no user's process is alive (target ${target})`);
  const injectedAtUs = context.nowUs();
  const struck = await inBatches(victims, ({ user }) => strike(context.userName(user)));
  return {
    target: victimsText(victims, context),
    injectedAtUs,
    affected: victims.map(({ user }) => user),
    handle: { asked: count, victims, acknowledged: struck.filter(Boolean).length },
  };
}

/** How many of the victims' processes are gone, or live again under another pid. */
export async function countGone(victims: readonly Victim[], { deployment, userName }: FaultContext): Promise<number> {
  const now = await inBatches(victims, ({ user }) => deployment.userProcess(userName(user)));
  return victims.filter((victim, index) => {
    const process = now[index];
    return process !== undefined && (!process.alive || process.incarnation !== victim.incarnation);
  }).length;
}

/** Asks for each item, a bounded number at once; answers in the items' order. */
async function inBatches<In, Out>(items: readonly In[], ask: (item: In) => Promise<Out>): Promise<Out[]> {
  const answers: Out[] = [];
  for (let next = 0; next < items.length; next += AT_ONCE) {
    answers.push(...(await Promise.all(items.slice(next, next + AT_ONCE).map(ask))));
  }
  return answers;
}

/** One victim by name, several by number. */
function victimsText(victims: readonly Victim[], { userName }: FaultContext): string {
  const [only] = victims;
  return victims.length === 1 && only !== undefined
    ? `process of ${userName(only.user)}`
    : `processes of ${plural(victims.length, 'user')}`;
}

function namedUser(name: string, context: FaultContext): readonly number[] {
  for (let user = 0; user < context.users; user += 1) if (context.userName(user) === name) return [user];
  return [];
}

/** Every number below `count` once (normally every user), in an order drawn from the seed (Fisher and Yates). */
export function shuffled(context: FaultContext, count = context.users): number[] {
  const users = Array.from({ length: count }, (_, number) => number);
  for (let last = users.length - 1; last > 0; last -= 1) {
    const other = Math.floor(context.random() * (last + 1));
    [users[last], users[other]] = [users[other] as number, users[last] as number];
  }
  return users;
}
