/**
 * The receiver's half of a user's process: it accepts a message, answers once it is durable, delivers it to the devices, takes
 * their acknowledgements, and informs senders that asked for receipts.
 */
import { ErrorCode, ReceiptKind } from '../../protocol/frames.ts';
import type { Context } from '../runtime/context.ts';
import { dropAbsent } from './devices.ts';
import { type Entry, userOf } from './entry.ts';
import type { HeldBound } from './held-bytes.ts';
import { defer, lookThrough } from './looking.ts';
import type { Effects, Offer } from './mailbox.ts';
import type { DeliveredMessage, IncomingMessage, ReadMessage, ReceiptMessage, RedeliverTick } from './messages.ts';
import { REGISTRY } from './names.ts';
import type { PageMessage } from './store-messages.ts';
import { type Outlet, outletOf, type UserState } from './user-state.ts';

/** Messages whose read receipt may still come, per user. */
export const MAX_UNREAD = 1_024;

/** A message from another user's process. */
export function incoming(state: UserState, message: IncomingMessage, context: Context): void {
  if (state.deferred !== null) defer(state, message);
  // Before anybody is refused for the sake of a device that will not come back, what was kept for that one goes.
  else if (state.mailbox.isFull && dropAbsent(state, context) && state.looking) defer(state, message);
  else decide(state, message, context);
}

/** Takes a message in, or refuses it, or knows it already. */
export function decide(state: UserState, message: IncomingMessage, context: Context): void {
  const { store, counters } = state.world;
  const { sender, session, id } = message;
  const bound = message.refuse === 0 ? boundMetBy(state, message.payload.length) : null;
  const offer = state.mailbox.offer(message, context.wallClock(), message.refuse !== 0 || bound !== null);
  if (offer.kind === 'accepted') {
    const { entry } = offer;
    const durable = store.append(state.mandate, entry.seq, entry.value, context.self);
    if (offer.superseded !== 0) store.remove(state.mandate, offer.superseded, 0);
    forgetSender(state);
    if (durable) {
      state.mailbox.settle(entry.seq);
      accept(state, message, context);
      pumpAll(state, context);
    } else wait(state, message, entry.seq);
    return;
  }
  if (offer.kind === 'repeat') {
    counters.repeats++;
    if (offer.seq <= state.mailbox.durableSeq) accept(state, message, context);
    else wait(state, message, offer.seq);
    return;
  }
  forgetSender(state);
  context.send(message.replyTo, {
    type: 'refused',
    by: state.user,
    sender,
    session,
    id,
    code: refusalOf(state, message, bound, offer),
    highestId: state.mailbox.highestOf(sender),
    last: offer.last,
  });
}

/** No more senders are remembered than there is room for. */
function forgetSender({ mailbox, mandate, world }: UserState): void {
  const forgotten = mailbox.forgetOldest();
  if (forgotten === null) return;
  world.counters.bounds.senders++;
  if (forgotten !== 0) world.store.remove(mandate, forgotten, 0);
}

/** To be answered once `seq` is durable; until then it is held, here or in the store's batch. */
function wait(state: UserState, message: IncomingMessage, seq: number): void {
  state.waitingSeq.push(seq);
  state.waiting.push(message);
  state.world.directory.held.hold(state.resident, message.payload.length);
}

/** What is full, whoever the sender is: the store, this process, or the node. */
function boundMetBy({ world, resident }: UserState, bytes: number): 'store-bytes' | HeldBound | null {
  const { store, limits, directory } = world;
  if (store.usedBytes() + bytes > limits.maxStoreBytes) return 'store-bytes';
  return directory.held.boundMetBy(bytes, resident, limits);
}

/** Why a message is refused, counted. */
function refusalOf(
  { world: { counters } }: UserState,
  { refuse }: IncomingMessage,
  bound: 'store-bytes' | HeldBound | null,
  offer: Extract<Offer, { kind: 'refused' }>,
): ErrorCode {
  if (offer.stale) return ErrorCode.staleId;
  if (refuse !== 0) return refuse;
  const met = bound ?? offer.bound;
  if (met !== null) counters.bounds[met]++;
  return bound === null ? ErrorCode.mailboxFull : ErrorCode.overloaded;
}

/** Everything up to `seq` is durable: answer the senders, deliver. */
export function stored(state: UserState, seq: number, context: Context): void {
  state.mailbox.settle(seq);
  const { waiting, waitingSeq } = state;
  let kept = 0;
  for (let i = 0; i < waiting.length; i++) {
    const message = waiting[i] as IncomingMessage;
    const at = waitingSeq[i] as number;
    if (at <= seq) {
      state.world.directory.held.hold(state.resident, -message.payload.length);
      accept(state, message, context);
    } else {
      waiting[kept] = message;
      waitingSeq[kept] = at;
      kept++;
    }
  }
  waiting.length = kept;
  waitingSeq.length = kept;
  lookThrough(state, context);
  pumpAll(state, context);
}

/** A page of entries that are not in memory came back. */
export function page(state: UserState, { after, entries, more }: PageMessage, context: Context): void {
  state.mailbox.takePage(after, entries, more);
  pumpAll(state, context);
}

/** Delivers to every connected device what its window allows. */
export function pumpAll(state: UserState, context: Context): void {
  for (const outlet of state.outlets) pump(state, outlet, context);
}

export function pump(state: UserState, outlet: Outlet, context: Context): void {
  const { mailbox, world } = state;
  const { device, connection } = outlet;
  if (!outlet.welcomed) return;
  for (;;) {
    const entry = mailbox.next(device);
    if (entry === null) break;
    world.counters.delivers++;
    connection.deliver(entry, false);
  }
  if (device.sent === 0) outlet.windowFull = false;
  else {
    if (outlet.timer === null) arm(state, outlet, context);
    const full = mailbox.windowFull(device);
    if (full && !outlet.windowFull) world.counters.bounds.window++;
    outlet.windowFull = full;
  }
  const wanted = mailbox.askPage(device);
  if (wanted !== null) world.store.page(state.user, wanted.after, wanted.bounds, context.self);
}

/** A device acknowledged. */
export function delivered(state: UserState, message: DeliveredMessage, context: Context): void {
  const outlet = outletOf(state, message.connection);
  if (outlet === null) return;
  state.world.counters.deliveredAcks++;
  const answer = state.mailbox.acknowledge(outlet.device, message.seq, new DeliveryEffects(state, context));
  if (answer === 'ok') {
    lookThrough(state, context);
    pump(state, outlet, context);
  } else if (answer === 'never-delivered')
    message.connection.close(ErrorCode.badAck, `DELIVERED ${message.seq}: it was never delivered on this connection`);
}

/** A device says that its user has read a message. */
export function read(state: UserState, message: ReadMessage, context: Context): void {
  const outlet = outletOf(state, message.connection);
  if (outlet === null) return;
  const { seq } = message;
  if (seq > outlet.device.cursor) {
    message.connection.close(ErrorCode.badAck, `READ ${seq}: it was not acknowledged by DELIVERED`);
    return;
  }
  const found = state.unread?.get(seq);
  if (found === undefined) return;
  state.unread?.delete(seq);
  sendReceipt(state, found, ReceiptKind.read, context);
}

/** A receipt for this user, from a receiver's process. */
export function receipt(state: UserState, message: ReceiptMessage): void {
  for (const { connection, welcomed } of state.outlets) {
    if (connection.sender !== message.sender || !welcomed) continue;
    state.world.counters.receipts++;
    connection.receipt(message.kind, message.id, message.by);
    return;
  }
  state.receipts ??= [];
  state.receipts.push(message);
  if (state.receipts.length <= state.world.limits.maxPendingReceipts) return;
  state.world.counters.bounds['pending-receipts']++;
  state.receipts.shift();
}

/** A period without progress: deliver again, or cut the consumer off. */
export function redeliver(state: UserState, tick: RedeliverTick, context: Context): void {
  const outlet = outletOf(state, tick.connection);
  if (outlet === null) return;
  outlet.timer = null;
  const { device } = outlet;
  if (device.sent === 0) return;
  if (device.cursor !== outlet.markAt) outlet.redeliveries = 0;
  else if (outlet.redeliveries >= state.world.limits.maxRedeliveries) {
    state.world.counters.bounds.redeliveries++;
    outlet.connection.close(ErrorCode.slowConsumer, `nothing was acknowledged in ${outlet.redeliveries + 1} deliveries`);
    return;
  } else {
    outlet.redeliveries++;
    for (const entry of device.unacknowledged()) {
      state.world.counters.redelivers++;
      outlet.connection.deliver(entry, true);
    }
  }
  arm(state, outlet, context);
}

/** What happens to entries that devices have: their senders are told, the store forgets them. */
export class DeliveryEffects implements Effects {
  readonly #state: UserState;
  readonly #context: Context;

  constructor(state: UserState, context: Context) {
    this.#state = state;
    this.#context = context;
  }

  first(entry: Entry): void {
    if (!entry.receipts) return;
    const state = this.#state;
    sendReceipt(state, entry, ReceiptKind.delivered, this.#context);
    state.unread ??= new Map();
    state.unread.set(entry.seq, { sender: entry.sender, id: entry.id });
    if (state.unread.size <= MAX_UNREAD) return;
    for (const oldest of state.unread.keys()) {
      state.unread.delete(oldest);
      break;
    }
  }

  remove(seq: number, bytes: number): void {
    const { world, mandate } = this.#state;
    world.store.remove(mandate, seq, bytes);
  }

  strip({ seq, value }: Entry): void {
    const { world, mandate } = this.#state;
    world.store.strip(mandate, seq, value);
  }
}

function accept(state: UserState, message: IncomingMessage, context: Context): void {
  context.send(message.replyTo, {
    type: 'accepted',
    by: state.user,
    sender: message.sender,
    session: message.session,
    id: message.id,
  });
}

/** Of the message `id` of that sender. */
function sendReceipt(state: UserState, { sender, id }: Pick<Entry, 'sender' | 'id'>, kind: ReceiptKind, context: Context): void {
  const message: ReceiptMessage = { type: 'receipt', kind, sender, id, by: state.user };
  const { directory, cluster } = state.world;
  const user = userOf(sender);
  if (cluster === null) context.send(directory.ensure(user).pid, message);
  else if (context.whereis(REGISTRY) !== undefined) context.send(REGISTRY, { type: 'route', user, message });
}

function arm(state: UserState, outlet: Outlet, context: Context): void {
  outlet.markAt = outlet.device.cursor;
  outlet.timer = context.sendAfter(state.world.limits.redeliverMs, context.self, {
    type: 'redeliver',
    connection: outlet.connection,
  });
}
