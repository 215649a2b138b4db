/**
 * The devices that a mailbox waits for, and when it stops waiting for one: its user removed it, or it was absent for longer than
 * `deviceRetentionMs`. A device that is no longer known holds nothing back, and starts as a new one when it signs in again.
 *
 * The time a device was last seen is recorded with its cursor (profile.ts). For a connected device it is renewed at least every seenEveryMs
 * (registry.ts), so that after a crash the device looks absent for no longer than that.
 */
import { ErrorCode } from '../../protocol/frames.ts';
import type { Context } from '../runtime/context.ts';
import type { Pid } from '../runtime/pid.ts';
import type { DeviceQueue } from './device-queue.ts';
import { dropConnection } from './directory.ts';
import { dropOutlet } from './drop-outlet.ts';
import { senderKey } from './entry.ts';
import type { Limits } from './limits.ts';
import { lookThrough } from './looking.ts';
import type { DevicesMessage, RemoveDeviceMessage } from './messages.ts';
import { save } from './profile.ts';
import { whenSaved } from './saving.ts';
import type { UserState } from './user-state.ts';

const DAY_MS = 86_400_000;

/** How often it is noted that a connected device is there. */
export function seenEveryMs({ deviceRetentionMs }: Limits): number {
  return Math.min(DAY_MS, deviceRetentionMs / 8);
}

/** Drops the devices that were away too long; on record before anything kept for them is removed. Returns whether there were any. */
export function dropAbsent(state: UserState, context: Context): boolean {
  const { mailbox, world } = state;
  const nowMs = context.wallClock();
  const { deviceRetentionMs } = world.limits;
  const absent = mailbox.devices.filter((device) => !isConnected(state, device) && nowMs - device.seenMs > deviceRetentionMs);
  if (absent.length === 0) return false;
  world.counters.bounds['device-retention'] += absent.length;
  for (const device of absent) forget(state, device);
  save(state, null, nowMs);
  lookThrough(state, context);
  return true;
}

/** What the user's devices are; answers the asker. */
export function listDevices(state: UserState, { asker }: DevicesMessage, context: Context): void {
  dropAbsent(state, context);
  const nowMs = context.wallClock();
  const devices = state.mailbox.devices.map((device) => {
    const connected = isConnected(state, device);
    return { device: device.device, cursor: device.cursor, connected, lastSeenMs: connected ? nowMs : device.seenMs };
  });
  context.send(asker, { type: 'device-list', devices });
}

/** The user removes a device: it is disconnected at once, and the asker answered when that is on record. */
export function removeDevice(state: UserState, { device, asker }: RemoveDeviceMessage, context: Context): void {
  dropAbsent(state, context);
  const { mailbox, world, outlets, resident } = state;
  for (const outlet of outlets) {
    const { connection } = outlet;
    if (connection.device !== device) continue;
    connection.close(ErrorCode.deviceRemoved, 'this device was removed from its account');
    dropOutlet(state, outlet, context);
    dropConnection(resident, connection);
  }
  const known = mailbox.find(device);
  if (known === null) {
    tell(asker, device, false, context);
    return;
  }
  world.counters.devicesRemoved++;
  forget(state, known);
  whenSaved(state, context, (later) => tell(asker, device, true, later));
  lookThrough(state, context);
}

function tell(asker: Pid, device: string, known: boolean, context: Context): void {
  context.send(asker, { type: 'device-removed', device, known });
}

function isConnected({ outlets }: UserState, device: DeviceQueue): boolean {
  return outlets.some((outlet) => outlet.device === device);
}

function forget(state: UserState, device: DeviceQueue): void {
  state.mailbox.forget(device);
  const sender = senderKey(state.user, device.device);
  const receipts = state.receipts?.filter((one) => one.sender !== sender) ?? [];
  state.receipts = receipts.length === 0 ? null : receipts;
}
