/**
 * A process for one HTTP request that the user's own process must answer, wherever in the cluster that lives: it finds the user's process,
 * asks it, and asks its successor if it dies first. If nobody owns the user, this node does from then on.
 */
import type { Cluster } from '../messaging/cluster.ts';
import type { Directory } from '../messaging/directory.ts';
import type { DeviceListMessage, DeviceRemovedMessage } from '../messaging/messages.ts';
import type { LocatedMessage } from '../messaging/store-messages.ts';
import type { Behaviour, Context, DownMessage, MonitorReference, Pid, TimerReference } from '../runtime/index.ts';

export type OwnerQuestion =
  | { readonly kind: 'devices'; readonly user: string }
  | { readonly kind: 'remove-device'; readonly user: string; readonly device: string };

export type OwnerAnswer =
  | { readonly type: 'devices'; readonly devices: DeviceListMessage['devices'] }
  /** `known`: it was, or an owner that died before it could say so was asked as well. */
  | { readonly type: 'remove-device'; readonly known: boolean };

/** Nobody answered in time; `unreachable`: because the owner's node is not connected. */
export interface OwnerLate {
  readonly type: 'owner-late';
  readonly unreachable: boolean;
}

export interface OwnerAsking {
  readonly question: OwnerQuestion;
  readonly directory: Directory;
  /** Null where there is one node. */
  readonly cluster: Cluster | null;
  readonly limitMs: number;
  /** What it came to; called at most once, in the process's own turn, which may be cut off. */
  readonly work: (answer: OwnerAnswer | OwnerLate) => void;
}

type Message =
  | DeviceListMessage
  | DeviceRemovedMessage
  | LocatedMessage
  | DownMessage
  | { readonly type: 'again' }
  | { readonly type: 'time-is-up' };

interface Seeking {
  readonly asking: OwnerAsking;
  readonly timer: TimerReference;
  monitor: MonitorReference | null;
  /** Owners asked so far. */
  asked: number;
  unreachable: boolean;
}

/** Between two attempts to find the owner. */
const AGAIN_MS = 50;

export const ownerQuestionBehaviour: Behaviour<Seeking, Message, OwnerAsking> = {
  name: 'http question',
  version: 1,
  init(asking, context) {
    const timer = context.sendAfter(asking.limitMs, context.self, { type: 'time-is-up' } satisfies Message);
    const state = { asking, timer, monitor: null, asked: 0, unreachable: false };
    seek(state, context);
    return state;
  },
  handle(message, state, context) {
    const { asking } = state;
    switch (message.type) {
      case 'located':
        located(message, state, context);
        break;
      case 'again':
        seek(state, context);
        break;
      case 'DOWN':
        if (message.ref === state.monitor) later(state, context);
        break;
      case 'device-list':
        finish(state, { type: 'devices', devices: message.devices }, context);
        break;
      case 'device-removed':
        finish(state, { type: 'remove-device', known: message.known || state.asked > 1 }, context);
        break;
      case 'time-is-up':
        asking.work({ type: 'owner-late', unreachable: state.unreachable });
        context.stop();
    }
    return state;
  },
  redact: ({ asking }) => asking.question.kind,
};

function seek(state: Seeking, context: Context): void {
  const { question, directory, cluster } = state.asking;
  const here = directory.find(question.user);
  if (cluster === null || (here !== undefined && context.isAlive(here.pid)))
    reach(directory.ensure(question.user).pid, state, context);
  else cluster.registry.locate(question.user, context.self);
}

function located({ user, owner }: LocatedMessage, state: Seeking, context: Context): void {
  const { directory, cluster } = state.asking;
  if (cluster === null) return;
  state.unreachable = owner !== null && owner.node !== context.node && !cluster.isConnected(owner.node);
  if (owner === null || owner.node === context.node) reach(directory.ensure(user).pid, state, context);
  else if (state.unreachable) later(state, context);
  else reach(cluster.pidOf(owner), state, context);
}

function reach(pid: Pid, state: Seeking, context: Context): void {
  const { question } = state.asking;
  state.monitor = context.monitor(pid);
  state.asked++;
  const asker = context.self;
  if (question.kind === 'devices') context.send(pid, { type: 'devices', asker });
  else context.send(pid, { type: 'remove-device', device: question.device, asker });
}

function later(state: Seeking, context: Context): void {
  state.monitor = null;
  context.sendAfter(AGAIN_MS, context.self, { type: 'again' } satisfies Message);
}

function finish(state: Seeking, answer: OwnerAnswer, context: Context): void {
  context.cancelTimer(state.timer);
  state.asking.work(answer);
  context.stop();
}
