/** kill-process: exit(pid, kill) for the server-side process of one user or of several. Heals by itself: that is the point. */
import { z } from 'zod';
import { type FaultContext, type FaultKind, ImpossibleFault, type Injection, type Verification } from './fault.ts';

const settings = z.strictObject({
  /** `random`, or one user by name. */
  target: z.string().default('random'),
  count: z.number().int().positive().default(1),
});
type Settings = z.infer<typeof settings>;

interface Victim {
  readonly user: number;
  /** The process that was alive just before the kill. */
  readonly incarnation: string;
}
interface Handle {
  readonly asked: number;
  readonly victims: readonly Victim[];
  /** Victims for whom the server said that it killed a process. */
  readonly acknowledged: number;
}

/** Users asked for at once: the control plane answers in well under a millisecond, and the kills should fall together. */
const AT_ONCE = 16;
/** A random victim may be asleep; so many candidates are looked at for each victim wanted. */
const CANDIDATES_PER_VICTIM = 8;

export const killProcess: FaultKind<Settings, Handle> = {
  kind: 'kill-process',
  summary: "kill the server-side process of some users (exit reason 'killed')",
  needs: ['kill-process'],
  duration: 'none',
  settings,

  check({ target, count }, { users }) {
    if (target !== 'random' && count !== 1) {
      return [
        {
          key: 'count',
          message: `count is ${count}, but target names one user`,
          remedy: 'leave count out, or use target: random',
        },
      ];
    }
    if (count > users) {
      return [{ key: 'count', message: `${count} processes to kill, but only ${users} users`, remedy: `at most ${users}` }];
    }
    return [];
  },

  async inject({ target, count }, context) {
    const victims = await chooseVictims(target, count, context);
    if (victims.length === 0) throw new ImpossibleFault(`no user's process is alive (target ${target})`);
    const injectedAtUs = context.nowUs();
    const killed = await inBatches(victims, (victim) => context.deployment.killUserProcess(context.userName(victim.user)));
    return {
      target:
        victims.length === 1
          ? `process of ${context.userName((victims[0] as Victim).user)}`
          : `processes of ${victims.length} users`,
      injectedAtUs,
      affected: victims.map(({ user }) => user),
      handle: { asked: count, victims, acknowledged: killed.filter(Boolean).length },
    };
  },

  async verify({ handle }: Injection<Handle>, context): Promise<Verification> {
    const now = await inBatches(handle.victims, ({ user }) => context.deployment.userProcess(context.userName(user)));
    const gone = handle.victims.filter((victim, index) => {
      const process = now[index];
      return process !== undefined && (!process.alive || process.incarnation !== victim.incarnation);
    }).length;
    return {
      verified: gone === handle.asked,
      evidence: [
        `asked to kill ${handle.asked}; ${handle.victims.length} were alive; the server killed ${handle.acknowledged}`,
        `looked up afterwards: ${gone} of ${handle.victims.length} are gone or live again under a new pid`,
      ],
    };
  },

  undo: null,
};

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

function namedUser(name: string, context: FaultContext): readonly number[] {
  for (let user = 0; user < context.users; user += 1) if (context.userName(user) === name) return [user];
  return [];
}

/** Every user once, in an order drawn from the seed (Fisher and Yates). */
function shuffled(context: FaultContext): number[] {
  const users = Array.from({ length: context.users }, (_, user) => user);
  for (let last = users.length - 1; last > 0; last -= 1) {
    const other = Math.floor(context.random() * (last + 1));
    [users[last], users[other]] = [users[other] as number, users[last] as number];
  }
  return users;
}

async function inBatches<In, Out>(items: readonly In[], ask: (item: In) => Promise<Out>): Promise<Out[]> {
  const answers: Out[] = [];
  for (let next = 0; next < items.length; next += AT_ONCE) {
    answers.push(...(await Promise.all(items.slice(next, next + AT_ONCE).map(ask))));
  }
  return answers;
}
