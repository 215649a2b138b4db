/** Which node served a user at a moment, and under which epoch, in words for evidence; nothing if the server did not say. Pure. */
import { ConnectionEvent, type Observations, sendingDevice } from './observations.ts';

const GONE: ReadonlySet<number> = new Set([ConnectionEvent.left, ConnectionEvent.lost, ConnectionEvent.moved]);

/** ` by node n1, epoch 7`, for the session that first wrote the message; empty if it is not known. */
export function sessionText(observations: Observations, row: number): string {
  return nodeText(observations, sessionStart(observations, row), ' by ');
}

/** The node that served the session which first wrote the message; null if it is not known. */
export function servingNode(observations: Observations, row: number): string | null {
  const { connectionEvents, nodes = [] } = observations;
  const event = sessionStart(observations, row);
  return event < 0 ? null : (nodes[(connectionEvents.node[event] as number) - 1] ?? null);
}

/** The row in which the session that first wrote the message began; -1 if there is none. */
function sessionStart(observations: Observations, row: number): number {
  const { attempts, connectionEvents, devices } = observations;
  const user = attempts.sender[row] as number;
  const device = sendingDevice(attempts.id[row] as number, devices);
  // Sessions are numbered like ids: the n-th of device d is n * devices - d.
  let left = ((attempts.session[row] as number) + device) / devices;
  for (let event = 0; event < connectionEvents.count; event++) {
    if (
      connectionEvents.user[event] !== user ||
      connectionEvents.device[event] !== device ||
      connectionEvents.event[event] !== ConnectionEvent.up
    )
      continue;
    left--;
    if (left === 0) return event;
  }
  return -1;
}

/** ` from node n2, epoch 9`, for the session in which it arrived; empty if it is not known. */
export function deliveryNodeText(observations: Observations, delivery: number): string {
  const { receiver, device, atUs } = observations.deliveries;
  const { up } = standing(observations, receiver[delivery] as number, device[delivery] as number, atUs[delivery] as number);
  return nodeText(observations, up, ' from ');
}

/** `; then u1 was served by node n2, epoch 9`, or `was away, served last by`; empty if it is not known. `who` is the user's name. */
export function whereaboutsText(
  observations: Observations,
  who: string,
  place: { user: number; device: number; atUs: number },
): string {
  const { up, gone } = standing(observations, place.user, place.device, place.atUs);
  return nodeText(observations, up, `; then ${who} ${gone ? 'was away, served last by ' : 'was served by '}`);
}

function standing(
  { connectionEvents }: Observations,
  user: number,
  device: number,
  atUs: number,
): { readonly up: number; readonly gone: boolean } {
  let up = -1;
  let gone = true;
  for (let event = 0; event < connectionEvents.count; event++) {
    if (
      connectionEvents.user[event] !== user ||
      connectionEvents.device[event] !== device ||
      (connectionEvents.atUs[event] as number) > atUs
    )
      continue;
    const kind = connectionEvents.event[event] as number;
    if (kind === ConnectionEvent.up) {
      up = event;
      gone = false;
    } else if (GONE.has(kind)) gone = true;
  }
  return { up, gone };
}

function nodeText({ connectionEvents, nodes = [] }: Observations, event: number, before: string): string {
  const name = event < 0 ? undefined : nodes[(connectionEvents.node[event] as number) - 1];
  return name === undefined ? '' : `${before}node ${name}, epoch ${connectionEvents.epoch[event]}`;
}
