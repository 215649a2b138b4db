/**
 * A user's process: owns the user's mailbox, devices and sends. One at a time per user; spawned when a device signs in or
 * somebody writes to the user, gone when nobody needs it. The halves are in sending.ts, receiving.ts and sign-in.ts.
 *
 *     loading    in a cluster it claims its user (takeover.ts); the store says what it has on record; everything else waits
 *     lingering  no device is connected; after a while (state timeout) the process goes to sleep, which is its end
 *     online     a device is connected, or about to be
 */

import type { Context } from '../runtime/context.ts';
import {
  type CodeChange,
  type GenStatem,
  keepState,
  nextState,
  type StatemEvent,
  stopStatem,
  type Transition,
} from '../runtime/index.ts';
import { dropAbsent, listDevices, removeDevice } from './devices.ts';
import { suffer } from './drill.ts';
import { end } from './ending.ts';
import { narrowLimits } from './held-bytes.ts';
import type { Limits } from './limits.ts';
import { defer, lookThrough } from './looking.ts';
import type { DetachMessage, UserMessage } from './messages.ts';
import { readProfile, save } from './profile.ts';
import { delivered, incoming, page, pumpAll, read, receipt, redeliver, stored } from './receiving.ts';
import { saved } from './saving.ts';
import { accepted, located, peerDown, refused, resend, send } from './sending.ts';
import { attach, detach, fenced, lingered, move, yieldUser } from './sign-in.ts';

import type { LoadedMessage } from './store-messages.ts';
import { claimOn, isClaimMessage } from './takeover.ts';
import { decideOn, decideSome, heads } from './upkeep.ts';
import { restoreUsedIds } from './used-ids.ts';
import type { UserState, World } from './user-state.ts';
import { presence, presenceDown, rewatch, watch } from './watching.ts';

/** The module's name, by which the code server knows its versions. */
export const USER = 'user';

export type UserStateName = 'loading' | 'lingering' | 'online';

export interface UserArguments {
  readonly world: World;
  readonly user: string;
}

/** The data of a user's process in some release: what all releases share, and what that one adds. */
export interface UserData {
  readonly core: UserState;
}

/** What a release of the user's code says of itself. */
export interface UserCode<Data extends UserData> {
  readonly version: string;
  /** The data of a new process. */
  first(core: UserState): Data;
  /** Looks at each message before it is handled; null where the release adds nothing to that. */
  readonly note: ((message: UserMessage, data: Data) => void) | null;
  codeChange(change: CodeChange, data: unknown): Data;
  /** What a crash report may show besides the user's name and the sizes of things. */
  show(data: Data): object;
}

type Step<Data> = Transition<UserStateName, Data>;

/** The least time between two attempts to go to sleep while something is under way. */
const TRY_AGAIN_MS = 1_000;
// One object each for the steps that change nothing: a message costs none of its own.
const KEEP = keepState();
const POSTPONE = keepState({ do: 'postpone' });

/** The state machine of a user's process, in the release that `code` describes. */
export function userMachine<Data extends UserData>(code: UserCode<Data>): GenStatem<UserStateName, Data, UserArguments> {
  const { note } = code;
  return {
    name: USER,
    version: code.version,
    init: ({ world, user }, context) => ({ state: 'loading', data: code.first(begin(world, user, context)) }),
    states: {
      loading(event, data, context): Step<Data> {
        const message = event.content as UserMessage;
        if (message.type === 'loaded') {
          loaded(message, data.core, context);
          return nextState('lingering', data, lingerTimer(data.core));
        }
        // Not postponed, for of these there may be more than one turn can take.
        if (message.type === 'incoming') {
          defer(data.core, message);
          return KEEP;
        }
        const { cluster } = data.core.world;
        if (cluster === null || !isClaimMessage(message)) return POSTPONE;
        if (claimOn(message, data.core, cluster, context) === 'wait') return KEEP;
        data.core.world.directory.remove(data.core.resident);
        return stopStatem();
      },
      lingering(event, data, context): Step<Data> {
        if (event.type === 'state_timeout') return stepAfterTimeout(data.core, context);
        const message = event.content as UserMessage;
        if (note !== null) note(message, data);
        if (message.type === 'detach') return stepAfterDetach(message, data, context);
        if (isLost(message, data.core, context)) return stopStatem();
        handle(message, data.core, context);
        return data.core.outlets.length > 0 ? nextState('online', data) : KEEP;
      },
      online(event: StatemEvent, data, context): Step<Data> {
        const message = event.content as UserMessage;
        if (note !== null) note(message, data);
        if (message.type === 'detach') return stepAfterDetach(message, data, context);
        if (isLost(message, data.core, context)) return stopStatem();
        handle(message, data.core, context);
        return KEEP;
      },
    },
    codeChange: (change, state, data) => ({ state, data: code.codeChange(change, data) }),
    redact: (_, data) => {
      const { user, mailbox, outlets, outstanding } = data.core;
      return { user, mailbox: mailbox.length, outlets: outlets.length, outstanding, ...code.show(data) };
    },
  };
}

function begin(world: World, user: string, context: Context): UserState {
  const resident = world.directory.find(user);
  if (resident === undefined || resident.pid !== context.self) return context.exit('normal');
  if (world.cluster === null) world.store.load(user, context.self);
  else world.cluster.registry.claim(user, context.self, null);
  return {
    world,
    user,
    resident,
    mandate: { user, epoch: 0 },
    claimRefusals: 0,
    awaitedRelease: null,
    mailbox: world.newMailbox(world.limits, world.seqBase, () => deliveryLimits(world)),
    outlets: [],
    saving: null,
    onRecord: false,
    usedIds: [],
    forgottenId: 0,
    bucket: null,
    refusals: 0,
    outstanding: 0,
    endings: 0,
    peers: null,
    waitingSeq: [],
    waiting: [],
    looking: false,
    deferred: null,
    deciding: false,
    queuedBytes: 0,
    receipts: null,
    unread: null,
    presenceMonitor: null,
    rewatching: false,
    lastSeenMs: 0,
  };
}

function loaded(message: LoadedMessage, state: UserState, context: Context): void {
  const profile = readProfile(message.profile);
  state.onRecord = message.profile !== null;
  state.lastSeenMs = profile.lastSeenMs;
  state.usedIds = restoreUsedIds(profile.usedIds);
  state.forgottenId = profile.forgottenId;
  if (profile.receipts.length > 0) state.receipts = profile.receipts.map((one) => ({ type: 'receipt', ...one }));
  // Where it is not on record when a device was seen, nobody can say that it was away for long.
  const unknownMs = profile.lastSeenMs || context.wallClock();
  const devices = profile.cursors.map(([device, cursor, seenMs]) => [device, cursor, seenMs || unknownMs] as const);
  state.mailbox.restore(message.lastSeq, devices, profile.floor);
  if (!state.mailbox.scanned) state.deferred ??= [];
  dropAbsent(state, context);
  lookThrough(state, context);
  decideSome(state, context);
}

function lingerTimer({ world }: UserState, leastMs = 0) {
  return { do: 'state_timeout' as const, afterMs: Math.max(leastMs, world.limits.lingerMs) };
}

function stepAfterTimeout<Data>(state: UserState, context: Context): Step<Data> {
  return lingered(state, context) ? stopStatem() : keepState(lingerTimer(state, TRY_AGAIN_MS));
}

function stepAfterDetach<Data extends UserData>(message: DetachMessage, data: Data, context: Context): Step<Data> {
  const left = detach(data.core, message, context);
  countQueues(data.core);
  switch (left) {
    case 'connected':
      return KEEP;
    case 'alone':
      return nextState('lingering', data, lingerTimer(data.core));
    case 'leaving':
      return nextState('lingering', data, { do: 'state_timeout', afterMs: TRY_AGAIN_MS });
    case 'done':
      return stopStatem();
  }
}

/** Whether the user is this process's no more: another node asked for it, or has taken it. */
function isLost(message: UserMessage, state: UserState, context: Context): boolean {
  if (message.type === 'fenced') fenced(state);
  return message.type === 'fenced' || (message.type === 'yield' && yieldUser(state, message, context));
}

function handle(message: UserMessage, state: UserState, context: Context): void {
  act(message, state, context);
  countQueues(state);
}

/** Tells the node's count what waits for this user's devices in memory. */
function countQueues(state: UserState): void {
  const bytes = state.mailbox.residentBytes;
  if (bytes === state.queuedBytes) return;
  state.world.directory.held.hold(state.resident, bytes - state.queuedBytes);
  state.queuedBytes = bytes;
}

function deliveryLimits({ limits, directory }: World): Limits {
  return directory.held.isTight(limits) ? narrowLimits(limits) : limits;
}

function act(message: UserMessage, state: UserState, context: Context): void {
  switch (message.type) {
    case 'send':
      send(state, message, context);
      break;
    case 'incoming':
      incoming(state, message, context);
      break;
    case 'accepted':
      accepted(state, message);
      break;
    case 'stored':
      stored(state, message.seq, context);
      break;
    case 'saved':
      saved(state, context);
      break;
    case 'delivered':
      delivered(state, message, context);
      break;
    case 'read':
      read(state, message, context);
      break;
    case 'receipt':
      receipt(state, message);
      break;
    case 'refused':
      refused(state, message, context);
      break;
    case 'attach':
      attach(state, message, context);
      break;
    case 'redeliver':
      redeliver(state, message, context);
      break;
    case 'page':
      page(state, message, context);
      break;
    case 'heads':
      heads(state, message, context);
      break;
    case 'decide':
      decideOn(state, context);
      break;
    case 'watch-frame':
      watch(state, message, context);
      break;
    case 'presence':
      presence(state, message);
      break;
    case 'DOWN':
      if (!peerDown(state, message, context)) presenceDown(state, message, context);
      break;
    case 'located':
      located(state, message, context);
      break;
    case 'resend':
      resend(state, message, context);
      break;
    case 'end':
      end(state, message.connection);
      break;
    case 'rewatch':
      rewatch(state, context);
      break;
    case 'move':
      move(state, message);
      break;
    case 'save':
      save(state, null, context.wallClock(), 'at-rest');
      break;
    case 'note-seen':
      save(state, null, context.wallClock());
      break;
    case 'devices':
      listDevices(state, message, context);
      break;
    case 'remove-device':
      removeDevice(state, message, context);
      break;
    case 'loaded':
      pumpAll(state, context);
      break;
    case 'chaos':
      suffer(message);
  }
}
