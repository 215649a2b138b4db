/**
 * A user's process: owns the user's mailbox, devices and sends. One at a time per user; spawned when a device signs in or
 * somebody writes to the user, gone when nobody needs it. The halves are in sending.ts, receiving.ts and session.ts.
 */
import type { Behaviour } from '../runtime/behaviour.ts';
import type { Context } from '../runtime/context.ts';
import { end } from './ending.ts';
import { Mailbox } from './mailbox.ts';
import type { LoadedMessage, UserMessage } from './messages.ts';
import { readProfile } from './profile.ts';
import { delivered, incoming, page, pumpAll, read, receipt, redeliver, stored } from './receiving.ts';
import { accepted, peerDown, refused, resend, send } from './sending.ts';
import { attach, detach, lingered, presence, presenceDown, rewatch, save, saved, watch } from './session.ts';
import type { UserState, World } from './user-state.ts';

export interface UserArguments {
  readonly world: World;
  readonly user: string;
}

export const userBehaviour: Behaviour<UserState, UserMessage, UserArguments> = {
  name: 'user',
  version: 1,

  init({ world, user }, context) {
    const resident = world.directory.find(user);
    if (resident === undefined || resident.pid !== context.self) return context.exit('normal');
    world.store.load(user, context.self);
    return {
      world,
      user,
      resident,
      mailbox: new Mailbox(world.limits, world.seqBase),
      stash: [],
      outlets: [],
      unsaved: null,
      bucket: null,
      refusals: 0,
      outstanding: 0,
      endings: 0,
      peers: null,
      waitingSeq: [],
      waiting: [],
      paging: 'idle',
      receipts: null,
      unread: null,
      watching: null,
      presenceMonitor: null,
      linger: context.sendAfter(world.limits.lingerMs, context.self, { type: 'linger' }),
      lastSeenMs: 0,
    };
  },

  handle(message, state, context) {
    if (state.stash === null) handle(message, state, context);
    else if (message.type === 'loaded') loaded(message, state, state.stash, context);
    else state.stash.push(message);
    return state;
  },

  redact: (state) => ({ user: state.user, mailbox: state.mailbox.length, outlets: state.outlets.length }),
};

function loaded(message: LoadedMessage, state: UserState, stash: readonly UserMessage[], context: Context): void {
  const profile = readProfile(message.profile);
  state.lastSeenMs = profile.lastSeenMs;
  if (profile.receipts.length > 0) state.receipts = profile.receipts.map((one) => ({ type: 'receipt', ...one }));
  state.mailbox.restore(message.entries, profile.cursors);
  state.stash = null;
  for (const waiting of stash) handle(waiting, state, context);
}

function handle(message: UserMessage, state: UserState, context: Context): void {
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
    case 'detach':
      detach(state, message, context);
      break;
    case 'linger':
      lingered(state, context);
      break;
    case 'redeliver':
      redeliver(state, message, context);
      break;
    case 'page':
      page(state, message, context);
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
    case 'resend':
      resend(state, message, context);
      break;
    case 'end':
      end(state, message.link);
      break;
    case 'rewatch':
      rewatch(state, context);
      break;
    case 'save':
      save(state, null);
      break;
    case 'loaded':
      pumpAll(state, context);
      break;
  }
}
