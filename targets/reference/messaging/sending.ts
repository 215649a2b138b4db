/**
 * The sender's half of a user's process: rate, one line to each receiver, and what is under way on it.
 *
 * A send stays outstanding until the receiver's process has answered. If that process dies first, its successor is asked
 * again: the receiver knows repeats by (sender, id), so asking twice is harmless and giving up early is not.
 */
import { ErrorCode } from '../../protocol/frames.ts';
import type { Context } from '../runtime/context.ts';
import type { DownMessage } from '../runtime/messages.ts';
import type { Pid } from '../runtime/pid.ts';
import { endAnswered, endConnection } from './ending.ts';
import type { AcceptedMessage, IncomingMessage, RefusedMessage, ResendTick, SendMessage } from './messages.ts';
import { isHeld, place, reasonOf } from './numbering.ts';
import type { ClientConnection } from './ports.ts';
import type { LocatedMessage } from './store-messages.ts';
import { TokenBucket } from './token-bucket.ts';
import { outletOf, type Peer, type UserState } from './user-state.ts';

const NO_IDS: readonly number[] = [];
const NO_PAYLOAD = Buffer.alloc(0);
/** Deaths of a receiver's process, without an answer between them, after which its messages are given up. */
const MAX_DEATHS = 8;
/** From the second death on; doubled with each. */
const RESEND_MS = 20;
/** Between two attempts to reach a node that is cut off. Its users' messages wait: nobody else may take them. */
const UNREACHABLE_RETRY_MS = 100;

/** A client's SEND. */
export function send(state: UserState, message: SendMessage, context: Context): void {
  const { limits, counters } = state.world;
  message.connection.taken?.(message.payload.length);
  // Of a connection that was replaced: had its client lost count, the id would be taken for one that it uses now.
  if (outletOf(state, message.connection)?.ending !== null) return;
  counters.sends++;
  const nowMs = context.now();
  state.bucket ??= new TokenBucket(limits.sendBurst, nowMs);
  if (!state.bucket.take(limits.sendsPerSecond, limits.sendBurst, nowMs)) {
    counters.bounds['send-rate']++;
    if (++state.refusals > limits.maxRefusals) {
      counters.bounds.refusals++;
      endConnection(
        state,
        message.connection,
        { code: ErrorCode.rateLimited, reason: `far more than ${limits.sendsPerSecond} messages a second` },
        context,
      );
      return;
    }
    message.refuse = ErrorCode.rateLimited;
  }
  if (state.outstanding >= limits.maxOutstandingSends) {
    counters.bounds['outstanding-sends']++;
    endConnection(
      state,
      message.connection,
      { code: ErrorCode.overloaded, reason: `${limits.maxOutstandingSends} messages are waiting already` },
      context,
    );
    return;
  }
  place(state, message, context, askHeld);
  const { directory } = state.world;
  const bound = message.refuse === 0 ? directory.held.boundMetBy(message.payload.length, state.resident, limits) : null;
  if (bound !== null) {
    counters.bounds[bound]++;
    message.refuse = ErrorCode.overloaded;
  }
  // Nobody needs the payload of what is refused: not the receiver, who says whether it has it already.
  if (message.refuse !== 0) message.payload = NO_PAYLOAD;
  const peer = state.peers?.get(message.to) ?? newPeer(state, message.to, context);
  if (peer === null) {
    counters.bounds.peers++;
    endConnection(
      state,
      message.connection,
      { code: ErrorCode.overloaded, reason: `messages to ${limits.maxPeers} receivers are waiting already` },
      context,
    );
    return;
  }
  if (peer.outstanding.length > 0 && isRepeated(peer, message)) return;
  if (peer.refused.length > 0 && peer.outstanding.length === 0) forgetRefusals(peer, message.connection.epoch);
  peer.outstanding.push(message);
  state.outstanding++;
  directory.held.hold(state.resident, message.payload.length);
  if (peer.pid !== null) ask(state, peer, message, context);
  else if (!peer.seeking && peer.deaths === 0 && peer.outstanding.length === 1) seek(state, peer, context);
}

/** The receiver's process has it, durably. */
export function accepted(state: UserState, message: AcceptedMessage): void {
  const peer = state.peers?.get(message.by);
  if (peer === undefined) return;
  const sent = take(state, peer, message);
  if (sent === null) return;
  peer.deaths = 0;
  if (peer.refused.length > 0) {
    // The accepted entry carries, durably, the refusals that came before it.
    peer.refused = peer.refused.filter((one) => one.sender !== message.sender || one.id > message.id);
  }
  state.world.counters.acks++;
  if (!sent.orphaned) connectionOf(state, message.sender)?.ack(message.id);
  if (state.endings > 0) endAnswered(state);
}

/** The receiver's process will not have it. */
export function refused(state: UserState, message: RefusedMessage, context: Context): void {
  const peer = state.peers?.get(message.by);
  if (peer === undefined) return;
  const sent = take(state, peer, message);
  if (sent === null) return;
  const { limits, counters } = state.world;
  const { connection } = sent;
  peer.deaths = 0;
  peer.refused.push({ sender: connection.sender, session: connection.epoch, id: sent.id });
  counters.nacks++;
  // A later connection repeats what it was not told, and that is decided afresh: this refusal must not reach it.
  if (outletOf(state, connection) !== null) connection.nack(message.id, message.code, reasonOf(state, connection, message));
  if (message.last || peer.refused.length > limits.maxRefusals) {
    counters.bounds.refusals++;
    endConnection(
      state,
      connection,
      { code: ErrorCode.rateLimited, reason: 'too many messages to one receiver were refused' },
      context,
    );
  }
  if (state.endings > 0) endAnswered(state);
}

/**
 * A client signed in that has used no id above `usedId`, as far as it knows: what was sent under one is none of its messages, and the
 * answer, which would be taken for another's, is not told.
 */
export function orphan(state: UserState, sender: string, usedId: number): void {
  for (const { outstanding } of state.peers?.values() ?? [])
    for (const message of outstanding) if (message.connection.sender === sender && message.id > usedId) message.orphaned = true;
}

/** A receiver's process ended. True when it was one of ours. */
export function peerDown(state: UserState, message: DownMessage, context: Context): boolean {
  if (state.peers === null) return false;
  for (const peer of state.peers.values()) {
    if (peer.monitor !== message.ref) continue;
    peer.pid = null;
    peer.monitor = null;
    if (peer.outstanding.length === 0) {
      if (peer.refused.length === 0) state.peers.delete(peer.user);
      return true;
    }
    if (message.reason === 'noconnection') {
      // It may live: that is no death, however often it happens.
      seek(state, peer, context);
      return true;
    }
    peer.deaths++;
    if (peer.deaths === 1) seek(state, peer, context);
    else if (peer.deaths <= MAX_DEATHS) resendAfter(RESEND_MS << (peer.deaths - 2), peer, context);
    else giveUp(state, peer);
    return true;
  }
  return false;
}

export function resend(state: UserState, message: ResendTick, context: Context): void {
  const peer = state.peers?.get(message.user);
  if (peer !== undefined && peer.pid === null && !peer.seeking && peer.outstanding.length > 0) seek(state, peer, context);
}

/** The registry says where a receiver lives. */
export function located(state: UserState, { user, owner }: LocatedMessage, context: Context): void {
  const peer = state.peers?.get(user);
  const { cluster, directory } = state.world;
  if (peer === undefined || !peer.seeking || cluster === null) return;
  peer.seeking = false;
  if (owner === null || owner.node === context.node) reach(state, peer, directory.ensure(user).pid, context);
  else if (cluster.isConnected(owner.node)) reach(state, peer, cluster.pidOf(owner), context);
  else resendAfter(UNREACHABLE_RETRY_MS, peer, context);
}

/** Takes the lines down that carry nothing. */
export function sweepPeers(state: UserState, context: Context): void {
  if (state.peers === null) return;
  for (const peer of state.peers.values()) {
    if (peer.outstanding.length > 0) continue;
    if (peer.refused.length > 0) {
      peer.refused = peer.refused.filter((one) => state.outlets.some(({ connection }) => connection.epoch === one.session));
      if (peer.refused.length > 0) continue;
    }
    if (peer.monitor !== null) context.demonitor(peer.monitor, { flush: true });
    state.peers.delete(peer.user);
  }
  if (state.peers.size === 0) state.peers = null;
}

/** More ids are on record: what waited for that is handed on. */
function askHeld(state: UserState, context: Context): void {
  for (const peer of state.peers?.values() ?? [])
    if (peer.pid !== null) for (const message of peer.outstanding) if (message.asked === 0) ask(state, peer, message, context);
}

/** The present connection of the device that sent. */
function connectionOf(state: UserState, sender: string): ClientConnection | null {
  for (const outlet of state.outlets) if (outlet.connection.sender === sender) return outlet.connection;
  return null;
}

function newPeer(state: UserState, user: string, context: Context): Peer | null {
  const { maxPeers } = state.world.limits;
  if (state.peers !== null && state.peers.size >= maxPeers) {
    sweepPeers(state, context);
    if (state.peers !== null && state.peers.size >= maxPeers) return null;
  }
  const peer: Peer = { user, pid: null, seeking: false, monitor: null, outstanding: [], refused: [], deaths: 0 };
  state.peers ??= new Map();
  state.peers.set(user, peer);
  return peer;
}

/** Finds the receiver's process, at once or by a LocatedMessage, and asks it everything that is outstanding. */
function seek(state: UserState, peer: Peer, context: Context): void {
  const { directory, cluster } = state.world;
  const here = directory.find(peer.user);
  if (cluster === null || (here !== undefined && context.isAlive(here.pid))) {
    reach(state, peer, directory.ensure(peer.user).pid, context);
    return;
  }
  peer.seeking = true;
  cluster.registry.locate(peer.user, context.self);
}

function reach(state: UserState, peer: Peer, pid: Pid, context: Context): void {
  peer.pid = pid;
  peer.monitor = context.monitor(pid);
  if (peer.deaths > 0) state.world.counters.resends += peer.outstanding.length;
  for (const message of peer.outstanding) ask(state, peer, message, context);
}

function resendAfter(delayMs: number, peer: Peer, context: Context): void {
  context.sendAfter(delayMs, context.self, { type: 'resend', user: peer.user });
}

function ask(state: UserState, peer: Peer, message: SendMessage, context: Context): void {
  if (isHeld(state, message)) return;
  const { connection } = message;
  message.asked = connection.epoch;
  const incoming: IncomingMessage = {
    type: 'incoming',
    replyTo: context.self,
    sender: connection.sender,
    from: connection.user,
    session: connection.epoch,
    id: message.id,
    receipts: message.receipts,
    carried: peer.refused.length === 0 ? NO_IDS : carriedBy(peer, message),
    refuse: message.refuse,
    standing: message.standing,
    payload: message.payload,
  };
  context.send(peer.pid as NonNullable<typeof peer.pid>, incoming);
}

function carriedBy(peer: Peer, message: SendMessage): readonly number[] {
  const ids: number[] = [];
  for (const one of peer.refused) {
    if (one.sender === message.connection.sender && one.session === message.connection.epoch && one.id < message.id)
      ids.push(one.id);
  }
  return ids;
}

/**
 * A refusal matters to what the same session sends after it, and to nothing else: a new session repeats what is unsettled
 * before anything newer, and then the receiver decides afresh.
 */
function forgetRefusals(peer: Peer, epoch: number): void {
  peer.refused = peer.refused.filter((one) => one.session === epoch);
}

/** Whether it is under way already; its answer then goes to the connection it was repeated on. */
function isRepeated(peer: Peer, message: SendMessage): boolean {
  const { sender } = message.connection;
  const last = peer.outstanding[peer.outstanding.length - 1];
  if (last !== undefined && last.id < message.id && last.connection.sender === sender) return false;
  const before = peer.outstanding.find(
    (other) => other.id === message.id && other.connection.sender === sender && !other.orphaned,
  );
  if (before === undefined) return false;
  before.connection = message.connection;
  // Asked about on another connection, it would not be known as new on it.
  before.standing = message.standing;
  return true;
}

function take(state: UserState, peer: Peer, answer: AcceptedMessage | RefusedMessage): SendMessage | null {
  const { outstanding } = peer;
  for (let i = 0; i < outstanding.length; i++) {
    const sent = outstanding[i] as SendMessage;
    if (sent.id !== answer.id || sent.asked !== answer.session || sent.connection.sender !== answer.sender) continue;
    if (i === 0) outstanding.shift();
    else outstanding.splice(i, 1);
    state.outstanding--;
    state.world.directory.held.hold(state.resident, -sent.payload.length);
    return sent;
  }
  return null;
}

function giveUp(state: UserState, peer: Peer): void {
  state.outstanding -= peer.outstanding.length;
  for (const { payload } of peer.outstanding) state.world.directory.held.hold(state.resident, -payload.length);
  for (const { connection } of peer.outstanding)
    connection.close(ErrorCode.overloaded, `the process of ${peer.user} keeps failing`);
  state.peers?.delete(peer.user);
}
