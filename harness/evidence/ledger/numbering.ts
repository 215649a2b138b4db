/**
 * How messages that were never shown were numbered: how their seq compared with the receiver's cursor, and whether the numbers restarted
 * with a connection. Pure.
 */
import { timeText, userText } from './evidence.ts';
import { ConnectionEvent, DeliveryFlag, type Observations } from './observations.ts';

export interface Numbering {
  /**
   * Connections, except each user's first, whose first new message had a seq not above what the user had before, and those where it was
   * above.
   */
  readonly restarted: number;
  readonly continued: number;
  /** The first hidden messages; null if nothing new was hidden, or not in this way. */
  readonly afterSignIn: string | null;
  readonly within: string | null;
}

/** Looks at every delivery that was the first of its message at this receiver; linear in the rows. */
export function numberingOf(observations: Observations): Numbering {
  const { users, devices, deliveries } = observations;
  const ups = upTimes(observations);
  /** Each device has its own numbers: the following arrays are indexed by `user * devices + device`. */
  const cursor = new Float64Array(users * devices);
  const connection = new Uint32Array(users * devices);
  /** The connection in which the cursor was reached, and the one whose first new message was examined. */
  const cursorOf = new Uint32Array(users * devices);
  const lookedAt = new Uint32Array(users * devices);
  const seen = new Set<string>();
  let restarted = 0;
  let continued = 0;
  let afterSignIn: string | null = null;
  let within: string | null = null;
  for (let row = 0; row < deliveries.count; row++) {
    const receiver = (deliveries.receiver[row] as number) * devices + (deliveries.device[row] as number);
    const atUs = deliveries.atUs[row] as number;
    const signIns = ups[receiver] ?? [];
    while ((signIns[connection[receiver] as number] ?? Number.POSITIVE_INFINITY) <= atUs)
      connection[receiver] = (connection[receiver] as number) + 1;
    const key = `${receiver} ${deliveries.sender[row]} ${deliveries.id[row]}`;
    const isNew = !seen.has(key);
    seen.add(key);
    const isHidden = ((deliveries.flags[row] as number) & DeliveryFlag.ignored) !== 0;
    const had = cursor[receiver] as number;
    const isLater = cursorOf[receiver] !== connection[receiver];
    if (isNew && had > 0 && isLater && lookedAt[receiver] !== connection[receiver]) {
      lookedAt[receiver] = connection[receiver] as number;
      if (isHidden) restarted++;
      else continued++;
    }
    if (!isHidden) {
      cursor[receiver] = deliveries.seq[row] as number;
      cursorOf[receiver] = connection[receiver] as number;
    } else if (isNew && isLater) {
      afterSignIn ??= deliveryText(observations, row, had);
    } else if (isNew) {
      within ??= deliveryText(observations, row, had);
    }
  }
  return { restarted, continued, afterSignIn, within };
}

/** When each device signed in, in order. */
function upTimes({ users, devices, connectionEvents }: Observations): readonly (readonly number[])[] {
  const ups: number[][] = Array.from({ length: users * devices }, () => []);
  for (let row = 0; row < connectionEvents.count; row++) {
    if (connectionEvents.event[row] === ConnectionEvent.up)
      ups[(connectionEvents.user[row] as number) * devices + (connectionEvents.device[row] as number)]?.push(
        connectionEvents.atUs[row] as number,
      );
  }
  return ups;
}

function deliveryText({ deliveries }: Observations, row: number, cursor: number): string {
  const who = userText(deliveries.receiver[row] as number);
  const message = `message ${deliveries.id[row]} of ${userText(deliveries.sender[row] as number)}`;
  return `${message} reached ${who} at ${timeText(deliveries.atUs[row] as number)} with seq ${deliveries.seq[row]}, when ${who} had seq ${cursor}`;
}

/** What the numbers look like, for the person who looks for the mistake. */
export function numberingText({ restarted, continued, afterSignIn, within }: Numbering): string {
  if (afterSignIn !== null && restarted > 0 && restarted >= continued) {
    return `the numbers restart with each connection (${restarted} of ${restarted + continued} connections after a user's first): ${afterSignIn} of an earlier connection; a seq must continue from ConnectOptions.cursor, or be the server's own and rise across connections`;
  }
  if (within !== null) return `${within} on the same connection`;
  return afterSignIn === null ? 'no arrival shows it' : `${afterSignIn} of an earlier connection`;
}
