/** The life of a user's process between its connections: sign-in, sign-out, presence, lingering, sleep. */
import { ErrorCode } from '../../protocol/frames.ts';
import { historyUpTo } from '../../protocol/id-history.ts';
import type { Context } from '../runtime/context.ts';
import { dropAbsent, seenEveryMs } from './devices.ts';
import { dropConnection } from './directory.ts';
import { dropOutlet } from './drop-outlet.ts';
import { isLooking, lookThrough } from './looking.ts';
import type { AttachMessage, DetachMessage, MoveMessage } from './messages.ts';
import { PRESENCE } from './names.ts';
import type { ClientConnection } from './ports.ts';
import { save } from './profile.ts';
import { pump, receipt } from './receiving.ts';
import { whenSaved } from './saving.ts';
import { orphan, sweepPeers } from './sending.ts';
import { highestCursor } from './seq-base.ts';
import type { YieldMessage } from './takeover-messages.ts';
import { usedIdsOf } from './used-ids.ts';
import type { Outlet, UserState } from './user-state.ts';

/** A device signed in. */
export function attach(state: UserState, message: AttachMessage, context: Context): void {
  const { mailbox, world } = state;
  const { connection, cursor } = message;
  if (!state.resident.connections.includes(connection)) return;
  if (cursor > highestCursor(context.wallClock())) {
    connection.close(ErrorCode.badAck, `HELLO with cursor ${cursor}, which no message can have had`);
    return;
  }
  dropAbsent(state, context);
  if (!mailbox.admits(connection.device)) {
    world.counters.bounds.devices++;
    connection.close(ErrorCode.overloaded, `${world.limits.maxDevices} other devices of this user are known already`);
    return;
  }
  if (mailbox.contradicts(connection.device, cursor)) {
    connection.close(
      ErrorCode.badAck,
      `HELLO with cursor ${cursor}: this mailbox has assigned nothing above ${mailbox.nextSeq - 1}`,
    );
    return;
  }
  for (const outlet of [...state.outlets]) {
    if (outlet.connection.device !== connection.device) continue;
    // Closed first: should this process be stopped in between, nobody else would know of the connection.
    outlet.connection.close(ErrorCode.replaced, 'this device connected again');
    dropOutlet(state, outlet, context);
    dropConnection(state.resident, outlet.connection);
  }
  const known = mailbox.find(connection.device);
  const nowMs = context.wallClock();
  const isStale = known !== null && nowMs - known.seenMs > seenEveryMs(world.limits);
  const device = mailbox.attach(connection.device, cursor);
  lookThrough(state, context);
  const outlet: Outlet = {
    connection,
    device,
    welcomed: false,
    timer: null,
    markAt: 0,
    redeliveries: 0,
    windowFull: false,
    watching: null,
    ending: null,
  };
  state.outlets = [...state.outlets, outlet];
  const ids = usedIdsOf(state, connection.device);
  if (connection.usedId !== undefined) {
    ids.history = historyUpTo(connection.usedId);
    orphan(state, connection.sender, connection.usedId);
  }
  state.refusals = 0;
  sweepPeers(state, context);
  setOnline(state, true, context);
  device.seenMs = nowMs;
  if (known !== null) {
    if (isStale) save(state, null, nowMs);
    welcome(state, outlet, context);
    return;
  }
  // A device that was welcomed must get everything from then on, so the record of it comes first.
  whenSaved(state, context, (later) => {
    if (state.outlets.includes(outlet)) welcome(state, outlet, later);
  });
}

function welcome(state: UserState, outlet: Outlet, context: Context): void {
  state.world.counters.signIns++;
  outlet.welcomed = true;
  const { connection, device } = outlet;
  connection.welcome(context.self, device.cursor, usedIdsOf(state, connection.device).highest);
  if (state.receipts !== null) {
    const waiting = state.receipts;
    state.receipts = null;
    for (const one of waiting) receipt(state, one);
  }
  pump(state, outlet, context);
}

/**
 * A connection is gone. Says what that makes of the process: others are left; it was the last; it was, and the user is gone; nothing
 * is to be done any more.
 */
export function detach(state: UserState, message: DetachMessage, context: Context): 'connected' | 'alone' | 'leaving' | 'done' {
  dropConnection(state.resident, message.connection);
  for (const outlet of state.outlets) {
    if (outlet.connection === message.connection) {
      dropOutlet(state, outlet, context);
      break;
    }
  }
  if (state.resident.connections.length > 0) return 'connected';
  state.lastSeenMs = context.wallClock();
  sweepPeers(state, context);
  if (!message.bye) return 'alone';
  setOnline(state, false, context);
  return sleep(state, context) ? 'done' : 'leaving';
}

/** Nobody came back in time. True if nothing remains to be done. */
export function lingered(state: UserState, context: Context): boolean {
  // Somebody did: the message is in the mailbox.
  if (state.resident.connections.length > 0) return false;
  setOnline(state, false, context);
  return sleep(state, context);
}

/**
 * Sends the devices to another node, and the user goes after them when they sign in there; until then this process takes in what comes.
 * Does nothing when any of them waits for something: for a message to be answered, acknowledged or shown, or to be welcomed.
 */
export function move(state: UserState, { address }: MoveMessage): void {
  const { outlets, resident, world } = state;
  if (outlets.length === 0 || outlets.length !== resident.connections.length) return;
  if (state.outstanding > 0 || state.waiting.length > 0 || state.deferred !== null || state.saving !== null) return;
  if (outlets.some(({ welcomed, device, ending }) => !welcomed || device.sent > 0 || ending !== null)) return;
  world.counters.moves++;
  for (const { connection } of [...outlets]) connection.close(ErrorCode.moved, address);
}

/** `moved`: another node has the user. */
function setOnline(state: UserState, online: boolean, context: Context, moved = false): void {
  const { resident, user, lastSeenMs } = state;
  if (resident.online === online) return;
  context.whole(() => {
    resident.online = online;
    const presence = context.whereis(PRESENCE);
    if (presence !== undefined)
      context.send(presence, { type: 'changed', user, online, lastSeenMs: online ? 0 : lastSeenMs, moved });
  });
}

/** When nothing is under way in the process, takes it out of the directory: what it holds is in the store by then. */
function sleep(state: UserState, context: Context): boolean {
  if (state.outstanding > 0 || state.waiting.length > 0 || state.saving !== null || isLooking(state)) return false;
  if (state.resident.connections.length > 0 || isOverdrawn(state, context)) return false;
  save(state, null, context.wallClock(), 'at-rest');
  leave(state, context);
  return true;
}

/** Whether the next process of this user would be allowed more than this one at the moment: leaving must not be a way to send more. */
function isOverdrawn({ bucket, world }: UserState, context: Context): boolean {
  const { sendsPerSecond, sendBurst } = world.limits;
  return bucket !== null && bucket.level(sendsPerSecond, sendBurst, context.now()) < sendBurst;
}

/** Takes the process out of the directory and gives the user up: it is about to end, and what it holds is in the store. */
function leave({ world, resident, mandate }: UserState, context: Context): void {
  context.whole(() => {
    world.directory.remove(resident);
    if (mandate.epoch > 0) world.cluster?.registry.release(mandate);
  });
}

/** Another node wants the user, whose devices went there. True if this process must end. */
export function yieldUser(state: UserState, { devices, claimant }: YieldMessage, context: Context): boolean {
  const { resident, mandate, world } = state;
  const isOlder = ({ device, epoch }: ClientConnection): boolean =>
    devices.some((one) => one.device === device && one.epoch > epoch);
  // A connection that came later than the claimant's is where the device is: it would be wrong to end it.
  if (!resident.connections.every(isOlder)) {
    context.send(claimant, { type: 'occupied', node: context.node });
    return false;
  }
  world.counters.yields++;
  setOnline(state, false, context, true);
  for (const connection of resident.connections) connection.close(ErrorCode.replaced, 'this device connected to another node');
  resident.connections = [];
  save(state, null, context.wallClock(), 'at-rest');
  leave(state, context);
  context.send(claimant, { type: 'released', epoch: mandate.epoch });
  return true;
}

/** A write was refused: the user has another owner. */
export function fenced(state: UserState): void {
  state.world.counters.fenced++;
  state.world.directory.bury(state.resident, 'taken');
}
