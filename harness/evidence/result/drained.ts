/**
 * What the end of a drain proves: whether the property "drained" was kept, broken or left open, and every reason why a drain gave up, in
 * words. The table is in harness/evidence/ledger/README.md. Pure; if a Result was made before a field existed, the field is null.
 */
import type { Delivery, Result } from './result.ts';

type SessionsEnded = readonly Readonly<Result['load']['sessionsEnded'][number]>[];
type Refusals = readonly Readonly<Delivery['refusals'][number]>[];

export type DrainedState = 'kept' | 'broken' | 'unknown';

/** Maximum users or reasons that are named in a sentence. */
const NAMED = 3;

/**
 * Kept only if everybody was back and could receive, and it was silent. Broken only if something promised was seen to be missing: an
 * acknowledged message that is owed to somebody who can receive, or a user who is kept out by a server that did acknowledge messages.
 */
export function drainedState(delivery: Delivery): DrainedState {
  const { acked, drained, pending } = delivery;
  if (acked === 0) return 'unknown';
  if (drained) return users(delivery.deaf) === 0 && users(delivery.unheard) === 0 ? 'kept' : 'unknown';
  const owed = pending - (delivery.deaf?.owed ?? 0);
  return owed > 0 || users(delivery.away) > 0 ? 'broken' : 'unknown';
}

/** One reason why it cannot be said that everything was drained. */
export interface DrainFinding {
  readonly what: 'pending' | 'unacknowledged' | 'unwritten' | 'away' | 'deaf' | 'unheard' | 'restless' | 'hurried';
  /** A clause in the past tense: `12 users were away (u3, u4, u7 and 9 more)`. */
  readonly text: string;
}

/** Each reason as what it is, the most serious first; empty if it was drained and everybody could receive. */
export function drainFindings(delivery: Delivery): readonly DrainFinding[] {
  const found: DrainFinding[] = [];
  const { drained, pending, away, deaf, unheard } = delivery;
  if (!drained && pending > 0) {
    const owed = deaf?.owed ?? 0;
    const unread = owed === 0 ? '' : `, ${countText(owed)} of them owed to users who could not receive`;
    found.push({
      what: 'pending',
      text: `${counted(pending, 'acknowledged message was', 'acknowledged messages were')} still undelivered${unread}`,
    });
  }
  if (!drained && away != null && away.users > 0)
    found.push({ what: 'away', text: `${counted(away.users, 'user was', 'users were')} still away (${namesText(away)})` });
  const unacknowledged = delivery.unacknowledged ?? 0;
  if (!drained && unacknowledged > 0)
    found.push({
      what: 'unacknowledged',
      text: `${counted(unacknowledged, 'send was', 'sends were')} neither acknowledged nor refused`,
    });
  const unwritten = delivery.unwritten ?? 0;
  if (!drained && unwritten > 0)
    found.push({
      what: 'unwritten',
      text: `${counted(unwritten, 'message was', 'messages were')} never written, because there was no session or no room to keep it`,
    });
  if (deaf != null && deaf.users > 0)
    found.push({
      what: 'deaf',
      text: `${counted(deaf.users, 'user was', 'users were')} signed in and not reading (${namesText(deaf)})`,
    });
  if (unheard != null && unheard.users > 0)
    found.push({
      what: 'unheard',
      text: `${counted(unheard.users, 'user who was', 'users who were')} owed messages never received any (${namesText(unheard)})`,
    });
  if (!drained && delivery.restless === true) found.push({ what: 'restless', text: 'messages were still arriving' });
  // Where nothing was sent there was nothing to wait for.
  if (!drained && found.length === 0 && delivery.attempted > 0)
    found.push({ what: 'hurried', text: 'its time was over before everything was quiet' });
  return found;
}

/** Why sessions ended: `4013 overloaded, by the server (48)`; null if none did. */
export function sessionsEndedText(rows: SessionsEnded, shown: number = NAMED): string | null {
  return rowsText(
    rows.map(({ by, ...row }) => ({
      ...row,
      by: { server: ', by the server', client: ', by the client', network: ', by the network' }[by],
    })),
    shown,
  );
}

/** Why messages were refused: `14 mailbox-full (12)`; null if none were. */
export function refusalsText(rows: Refusals, shown: number = NAMED): string | null {
  return rowsText(
    rows.map((row) => ({ ...row, by: '' })),
    shown,
  );
}

function rowsText(
  rows: readonly { readonly code: number; readonly reason: string; readonly by: string; readonly count: number }[],
  shown: number,
): string | null {
  if (rows.length === 0) return null;
  const texts = rows
    .slice(0, shown)
    .map(({ code, reason, by, count }) => `${reasonText(code, reason)}${by} (${countText(count)})`);
  const more = rows.length - texts.length;
  return `${texts.join('; ')}${more > 0 ? `; and ${counted(more, 'more reason', 'more reasons')}` : ''}`;
}

/** Code and reason, if there are both. */
export function reasonText(code: number, reason: string): string {
  if (code === 0) return reason === '' ? 'no reason given' : reason;
  return reason === '' ? String(code) : `${code} ${reason}`;
}

/** `u3, u4, u7 and 9 more`. */
export function namesText({ users: all, names }: { readonly users: number; readonly names: readonly string[] }): string {
  const named = names.slice(0, NAMED);
  const more = all - named.length;
  return `${named.join(', ')}${more > 0 && named.length > 0 ? ` and ${countText(more)} more` : ''}`;
}

function users(group: { readonly users: number } | null | undefined): number {
  return group?.users ?? 0;
}

function counted(count: number, one: string, many: string): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

function countText(count: number): string {
  return count.toLocaleString('en-US');
}
