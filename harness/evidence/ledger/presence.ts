/**
 * Property 9, presence: whoever watches a user is eventually told the truth about that user. Pure.
 *
 * A fact is what the load itself knows about a user: online while one of the user's devices is signed in; offline once none is and the
 * server must have found out. In between (while the server may still wait for a disconnected device, while a device is stalled, while a
 * fault is active) anything may be told. While the fact holds, the watcher is connected and no fault is active, what the watcher was last
 * told must become the fact within a limit; anything else for longer is wrong, and counts once for each stretch. A user who moves may be
 * called offline for a moment, as long as no such moment exceeds the limit.
 */
import { type EvidenceList, timeText, userText } from './evidence.ts';
import { ConnectionEvent, type ConnectionEvents, type Observations, Told } from './observations.ts';

export interface PresenceTerms {
  /** How long a watcher may have been told something other than the fact. */
  readonly boundUs: number;
  /** How long a user whose last connection broke may still be called online; Infinity if this is not known. */
  readonly lingerUs: number;
  /**
   * When faults were active, in order of their beginnings: nothing is judged then, and if a connection ended then, it is not known when the
   * server found out.
   */
  readonly unrest: readonly Stretch[];
  /** When watching ended. */
  readonly endUs: number;
}

export interface Stretch {
  readonly fromUs: number;
  readonly untilUs: number;
}

/** A state of a user that is certain. */
interface Fact extends Stretch {
  readonly online: boolean;
}

export interface PresenceReport {
  /** Null if nothing could be judged: nobody watched, or no fact lasted. */
  readonly presenceWrong: number | null;
  /** Stretches in which a watcher had to know the truth. */
  readonly presenceJudged: number;
}

const NOTHING_JUDGED: PresenceReport = { presenceWrong: null, presenceJudged: 0 };
/** A connection that ends this shortly after a fault may have ended because of it. */
const AFTERMATH_US = 1_000_000;

/** Compares what watchers were told with what is known; null for `terms` judges nothing. */
export function judgePresence(observations: Observations, terms: PresenceTerms | null, evidence: EvidenceList): PresenceReport {
  const { presence } = observations;
  if (terms === null || presence.count === 0) return NOTHING_JUDGED;
  const facts = factsOf(observations, terms);
  const ends = endsOf(observations, terms.endUs);
  let judged = 0;
  let wrong = 0;
  for (const rows of rowsByPair(observations)) {
    const watcher = presence.watcher[rows[0] as number] as number;
    const watched = presence.watched[rows[0] as number] as number;
    for (const watch of watchesOf(rows, observations, ends)) {
      for (const fact of facts(watched)) {
        for (const peace of peaceIn(overlap(watch, fact), terms.unrest)) {
          if (peace.untilUs - peace.fromUs < terms.boundUs) continue;
          judged++;
          const lie = lieIn(peace, fact.online, watch.told, terms.boundUs);
          if (lie === null) continue;
          wrong++;
          evidence.add('presenceWrong', () => lieText(watcher, watched, fact, lie));
        }
      }
    }
  }
  return judged === 0 ? NOTHING_JUDGED : { presenceWrong: wrong, presenceJudged: judged };
}

/** One session of a watcher, from its WATCH until nothing can be demanded of it any more, and what it was told about one user. */
interface Watch extends Stretch {
  readonly told: readonly { readonly atUs: number; readonly online: boolean }[];
}

/** Rows of each pair of a watching device and a watched user, in order of time. */
function rowsByPair({ presence, devices, users }: Observations): Iterable<readonly number[]> {
  const pairs = new Map<number, number[]>();
  for (let row = 0; row < presence.count; row++) {
    const watcher = (presence.watcher[row] as number) * devices + (presence.device[row] as number);
    const watched = presence.watched[row] as number;
    if (watched >= users) continue;
    const key = watcher * users + watched;
    const rows = pairs.get(key);
    if (rows === undefined) pairs.set(key, [row]);
    else rows.push(row);
  }
  return pairs.values();
}

function* watchesOf(rows: readonly number[], { presence, devices }: Observations, ends: Ends): Generator<Watch> {
  let fromUs = Number.NaN;
  let untilUs = Number.NaN;
  let told: { atUs: number; online: boolean }[] = [];
  for (const row of rows) {
    const atUs = presence.atUs[row] as number;
    if (presence.told[row] !== Told.asked) {
      told.push({ atUs, online: presence.told[row] === Told.online });
      continue;
    }
    if (!Number.isNaN(fromUs)) yield { fromUs, untilUs: Math.min(untilUs, atUs), told };
    fromUs = atUs;
    untilUs = ends((presence.watcher[row] as number) * devices + (presence.device[row] as number), atUs);
    told = [];
  }
  if (!Number.isNaN(fromUs)) yield { fromUs, untilUs, told };
}

/** When a device's session that was open at a given time ended, or could no longer be sure to receive. */
type Ends = (device: number, atUs: number) => number;

function endsOf(observations: Observations, endUs: number): Ends {
  const rows = rowsByDevice(observations);
  const { connectionEvents } = observations;
  return (device, atUs) => {
    const ending = rows(device).find(
      (row) =>
        (connectionEvents.atUs[row] as number) > atUs &&
        connectionEvents.event[row] !== ConnectionEvent.up &&
        connectionEvents.event[row] !== ConnectionEvent.refused,
    );
    return ending === undefined ? endUs : (connectionEvents.atUs[ending] as number);
  };
}

function rowsByDevice({ connectionEvents, devices }: Observations): (device: number) => readonly number[] {
  const byDevice = new Map<number, number[]>();
  for (let row = 0; row < connectionEvents.count; row++) {
    const device = (connectionEvents.user[row] as number) * devices + (connectionEvents.device[row] as number);
    const rows = byDevice.get(device);
    if (rows === undefined) byDevice.set(device, [row]);
    else rows.push(row);
  }
  return (device) => byDevice.get(device) ?? [];
}

/** The facts of a user, one after another; computed once for each user. */
function factsOf(observations: Observations, terms: PresenceTerms): (user: number) => readonly Fact[] {
  const { connectionEvents, devices } = observations;
  const rows = rowsByDevice(observations);
  const known = new Map<number, readonly Fact[]>();
  return (user) => {
    let facts = known.get(user);
    if (facts === undefined) {
      const first = user * devices;
      const lines = Array.from({ length: devices }, (_, device) => deviceLine(connectionEvents, rows(first + device), terms));
      facts = userFacts(lines, terms.endUs);
      known.set(user, facts);
    }
    return facts;
  };
}

/** What is known about a device from a moment on. */
interface Turn {
  readonly fromUs: number;
  readonly is: 'up' | 'down' | 'unknown';
}

/** One device's state over time. */
function deviceLine(events: ConnectionEvents, rows: readonly number[], { lingerUs, unrest }: PresenceTerms): readonly Turn[] {
  const line: Turn[] = [{ fromUs: Number.NEGATIVE_INFINITY, is: 'unknown' }];
  let isUp = false;
  for (const row of rows) {
    const atUs = events.atUs[row] as number;
    const before = line.at(-1) as Turn;
    const goesDown = (afterUs: number): void => {
      line.push({ fromUs: atUs, is: 'unknown' });
      if (Number.isFinite(afterUs)) line.push({ fromUs: atUs + afterUs, is: 'down' });
    };
    const isDoubtful = isInUnrest(atUs, unrest);
    // A change that was still to come does not happen if something else happens first.
    while ((line.at(-1) as Turn).fromUs > atUs) line.pop();
    switch (events.event[row]) {
      case ConnectionEvent.up:
      case ConnectionEvent.sure:
        isUp = true;
        line.push({ fromUs: atUs, is: 'up' });
        break;
      case ConnectionEvent.unsure:
      case ConnectionEvent.moved:
        isUp = false;
        line.push({ fromUs: atUs, is: 'unknown' });
        break;
      case ConnectionEvent.left:
        // A user who left while signed in said goodbye; one who was about to sign in may have been taken for online without it.
        if (isDoubtful) line.push({ fromUs: atUs, is: 'unknown' });
        else if (isUp) goesDown(0);
        else if (before.is === 'down') goesDown(lingerUs);
        isUp = false;
        break;
      case ConnectionEvent.lost:
        if (isDoubtful) line.push({ fromUs: atUs, is: 'unknown' });
        else goesDown(lingerUs);
        isUp = false;
        break;
      case ConnectionEvent.refused:
        // The server may have let it in before it gave up.
        if (before.is === 'down') goesDown(isDoubtful ? Number.POSITIVE_INFINITY : lingerUs);
    }
  }
  return line;
}

function isInUnrest(us: number, unrest: readonly Stretch[]): boolean {
  return unrest.some(({ fromUs, untilUs }) => us >= fromUs && us <= untilUs + AFTERMATH_US);
}

/** Online while a device is up, offline while all are down. */
function userFacts(lines: readonly (readonly Turn[])[], endUs: number): readonly Fact[] {
  const moments = [...new Set(lines.flat().map(({ fromUs }) => fromUs))].sort((a, b) => a - b);
  const facts: Fact[] = [];
  for (const [index, fromUs] of moments.entries()) {
    const untilUs = Math.min(endUs, moments[index + 1] ?? endUs);
    const states = lines.map((line) => (line.findLast((turn) => turn.fromUs <= fromUs) as Turn).is);
    const isOnline = states.includes('up');
    if (untilUs <= fromUs || (!isOnline && states.some((is) => is !== 'down'))) continue;
    const last = facts.at(-1);
    if (last !== undefined && last.untilUs === fromUs && last.online === isOnline) facts.splice(-1, 1, { ...last, untilUs });
    else facts.push({ fromUs, untilUs, online: isOnline });
  }
  return facts;
}

function overlap(a: Stretch, b: Stretch): Stretch {
  return { fromUs: Math.max(a.fromUs, b.fromUs), untilUs: Math.min(a.untilUs, b.untilUs) };
}

/** What remains of a stretch without the periods in which faults were active. */
function peaceIn({ fromUs, untilUs }: Stretch, unrest: readonly Stretch[]): readonly Stretch[] {
  const peace: Stretch[] = [];
  let at = fromUs;
  for (const trouble of unrest) {
    if (trouble.untilUs < at) continue;
    if (trouble.fromUs >= untilUs) break;
    if (trouble.fromUs > at) peace.push({ fromUs: at, untilUs: trouble.fromUs });
    at = Math.max(at, trouble.untilUs);
  }
  if (at < untilUs) peace.push({ fromUs: at, untilUs });
  return peace;
}

interface Lie extends Stretch {
  /** Null: the watcher was told nothing at all. */
  readonly told: boolean | null;
}

/** The first part of a stretch, at least as long as the limit, in which something other than the fact was told; null if there is none. */
function lieIn({ fromUs, untilUs }: Stretch, online: boolean, told: Watch['told'], boundUs: number): Lie | null {
  let now: boolean | null = null;
  let sinceUs = fromUs;
  for (const { atUs, online: is } of told) {
    if (atUs >= untilUs) break;
    if (atUs > fromUs) {
      if (now !== online && atUs - sinceUs >= boundUs) return { fromUs: sinceUs, untilUs: atUs, told: now };
      if (now === online && is !== online) sinceUs = atUs;
    }
    now = is;
  }
  return now !== online && untilUs - sinceUs >= boundUs ? { fromUs: sinceUs, untilUs, told: now } : null;
}

function lieText(watcher: number, watched: number, { online, fromUs }: Fact, lie: Lie): string {
  const fact = `${userText(watched)} was ${online ? 'online' : 'offline'} from ${timeText(fromUs)} on`;
  const told = lie.told === null ? 'was not told anything about it' : `was told that it was ${lie.told ? 'online' : 'offline'}`;
  return `${fact}; ${userText(watcher)}, who watched it, ${told} from ${timeText(lie.fromUs)} to ${timeText(lie.untilUs)}`;
}
