/** The handlers of the routes, each from a request that is already authenticated and checked. */
import { isName } from '../../protocol/frames.ts';
import { bearerOf } from '../../protocol/token.ts';
import { decodeEntry, isStripped, payloadOf, sentAtMsOf, userOf } from '../messaging/entry.ts';
import { readProfile } from '../messaging/profile.ts';
import { type Problem, problem } from './problem.ts';
import type { Call, Done } from './respond.ts';

const DEFAULT_PAGE = 50;
const MAX_PAGE = 100;
/** What of the mailbox one request looks at: what it costs is bounded, however many others write to the user. */
const SCANNED = { entries: 256, bytes: 1_048_576 };
/** Payload bytes of one page; a page has at least one message. */
const MAX_PAGE_BYTES = 262_144;
const WHOLE = /^(?:0|[1-9]\d{0,15})$/;

/** A token for another device of the same user: the first one comes by another way than this. */
export function issue({ claims, body, sign }: Call): Done | Problem {
  const { device, ...rest } = body;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return problem('malformed', `there is no field ${shown(unknown)}; the fields are device`);
  if (typeof device !== 'string' || !isName(device))
    return problem('malformed', `device: ${shown(device)} is not a name of 1 to 64 letters, digits and ._@:-`);
  return { status: 201, body: issued(claims.user, device, sign) };
}

/** A new token for the same device; the old one stays valid until it expires. */
export function refresh({ claims: { user, device }, sign }: Call): Done {
  return { status: 200, body: issued(user, device, sign) };
}

function issued(user: string, device: string, sign: Call['sign']): unknown {
  const { token, secret, expiresAt } = sign(user, device);
  return { user, device, token, secret, bearer: bearerOf({ token, secret }), expiresAt };
}

export function account({ claims, directory, ask }: Call): null {
  const { user, device, expiresAt } = claims;
  return ask({ kind: 'profile', user }, ({ profile }) => {
    const { lastSeenMs, cursors, receipts } = readProfile(profile);
    return {
      status: 200,
      body: {
        user,
        device,
        tokenExpiresAt: expiresAt,
        connectionsHere: directory.find(user)?.connections.length ?? 0,
        lastSeenMs: lastSeenMs === 0 ? null : lastSeenMs,
        devices: cursors.map(([name, cursor]) => ({ device: name, cursor })),
        pendingReceipts: receipts.length,
      },
    };
  });
}

export function devices({ claims: { user }, askOwner }: Call): null {
  return askOwner({ kind: 'devices', user }, ({ devices: known }) => ({ status: 200, body: { user, devices: known } }));
}

/** Answered once it is on record that the device is known no more. */
export function removeDevice({ claims: { user }, device, askOwner }: Call): null {
  return askOwner({ kind: 'remove-device', user, device }, ({ known }) =>
    known ? { status: 200, body: { user, device, removed: true } } : problem('not-found', `there is no device ${shown(device)}`),
  );
}

export function presence({ user, ask }: Call): null {
  return ask({ kind: 'presence', user }, ({ online, lastSeenMs }) => ({
    status: 200,
    body: { user, online, lastSeenMs: online || lastSeenMs === 0 ? null : lastSeenMs },
  }));
}

/** What the caller's mailbox holds of one sender, oldest first. `next` is null at the end; a page may be empty before it. */
export function conversation({ claims, user: peer, query, ask }: Call): Problem | null {
  for (const key of query.keys())
    if (key !== 'after' && key !== 'limit')
      return problem('malformed', `there is no parameter ${shown(key)}; the parameters are after and limit`);
  const after = whole(query.get('after') ?? '0', Number.MAX_SAFE_INTEGER - 1);
  if (after === null) return problem('malformed', `after: ${shown(query.get('after'))} is not a seq; take it from next`);
  const limit = whole(query.get('limit') ?? String(DEFAULT_PAGE), MAX_PAGE);
  if (limit === null || limit === 0)
    return problem('malformed', `limit: ${shown(query.get('limit'))} is not a whole number from 1 to ${MAX_PAGE}`);
  return ask({ kind: 'page', user: claims.user, after, bounds: SCANNED }, ({ entries, more }) => {
    const messages: unknown[] = [];
    let bytes = 0;
    let next: number | null = null;
    for (const { seq, value } of entries) {
      const entry = decodeEntry(seq, value);
      // Of what every device had, no more than the head may be left.
      if (userOf(entry.sender) === peer && !isStripped(entry)) {
        const payload = payloadOf(entry);
        bytes += payload.length;
        if (messages.length === limit || (messages.length > 0 && bytes > MAX_PAGE_BYTES)) {
          return { status: 200, body: { user: peer, messages, next } };
        }
        messages.push({ seq, id: entry.id, sentAtMs: sentAtMsOf(entry), payload: payload.toString('base64') });
      }
      next = seq;
    }
    return { status: 200, body: { user: peer, messages, next: more ? next : null } };
  });
}

function whole(text: string, most: number): number | null {
  const value = WHOLE.test(text) ? Number(text) : Number.NaN;
  return value <= most ? value : null;
}

/** What a client sent, short enough to be sent back. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
