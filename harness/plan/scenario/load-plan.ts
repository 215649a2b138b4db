/** The load part of a Plan: defaults, how many workers it needs, and whether that many can do it. Pure. */
import { expectedMessages, peakRate } from './arrival-model.ts';
import type { ArrivalModel, Contacts, LoadPlan } from './plan.ts';
import type { Reporter } from './reporter.ts';
import { type LoadSection, MAX_OFFLINE_SHARE, MAX_WORKERS } from './schema.ts';

/** Messages a second that one worker process can send, verify and record on one core, at most. */
const WORKER_RATE_PER_SECOND = 50_000;
/** Maximum connections of one worker: a hard limit of 20,000 open files a process is common, and not all files are sockets. */
const WORKER_CONNECTIONS = 15_000;
/** Rows kept for the ledger: about 150 bytes a message, attempt, arrival and receipt together. */
const MAX_MESSAGES = 10_000_000;
const DEFAULT_CONTACTS = 20;
/** Shares of offline users that differ by less than this count as equal. */
const OFFLINE_TOLERANCE = 0.01;

/** Null if anything is impossible; every impossibility is reported. `users` is null if it is itself invalid. */
export function planLoad(load: LoadSection, model: ArrivalModel, users: number | null, reporter: Reporter): LoadPlan | null {
  const rate = peakRate(model);
  const connections = users === null ? null : users * load.devices;
  const needed = Math.max(1, Math.ceil(rate / WORKER_RATE_PER_SECOND), Math.ceil((connections ?? 0) / WORKER_CONNECTIONS));
  const workers = load.workers ?? Math.min(needed, MAX_WORKERS);
  const offered = workers * WORKER_RATE_PER_SECOND;
  let possible = true;
  const impossible = (path: readonly (string | number)[], message: string, remedy: string): void => {
    possible = false;
    reporter.report('impossible-load', path, message, remedy);
  };
  const workersText = `${workers} worker${workers === 1 ? '' : 's'}`;
  if (rate > offered) {
    const remedy = `at most ${offered}/s with ${workersText} (${WORKER_RATE_PER_SECOND}/s each, at most ${MAX_WORKERS} workers)`;
    impossible(ratePath(model), `is more than ${workersText} can offer`, remedy);
  }
  if (connections !== null && connections > workers * WORKER_CONNECTIONS) {
    const most = Math.floor((workers * WORKER_CONNECTIONS) / load.devices);
    const each = load.devices === 1 ? '' : `, ${load.devices} for each user`;
    const remedy = `at most ${most} users with ${workersText} (${WORKER_CONNECTIONS} connections each, for the limit of open files${each})`;
    const what = load.devices === 1 ? 'users' : `users with ${load.devices} devices each`;
    impossible(['users'], `${what} are more than ${workersText} can connect`, remedy);
  }
  const messages = expectedMessages(model, load.duration);
  // Each device gets every message of its user.
  const most = Math.floor(MAX_MESSAGES / load.devices);
  if (messages > most) {
    const to = load.devices === 1 ? '' : ` to ${load.devices} devices each`;
    const remedy = `at most ${most} messages${to} a run: a lower rate or a shorter duration`;
    impossible(['load', 'duration'], `at this rate sends ${Math.round(messages)} messages, more than the ledger keeps`, remedy);
  }
  const contacts = planContacts(load.contacts, users, impossible);
  const leaving = planLeaving(load, impossible);
  if (!possible) return null;
  return {
    model,
    durationMs: load.duration,
    warmUpMs: load.warmUp,
    payloadBytes: load.payload,
    contacts,
    devices: load.devices,
    watch: load.watch ?? 0,
    ...leaving,
    readShare: load.read,
    receiptShare: load.receipts,
    connectPerSecond: load.connect,
    keepaliveMs: load.keepalive,
    driver: load.driver ?? null,
    workers,
  };
}

type Impossible = (path: readonly (string | number)[], message: string, remedy: string) => void;

function ratePath(model: ArrivalModel): readonly (string | number)[] {
  switch (model.kind) {
    case 'constant':
    case 'poisson':
      return ['load', 'rate'];
    case 'ramp':
      return ['load', model.toPerSecond >= model.fromPerSecond ? 'to' : 'from'];
    case 'step': {
      const highest = Math.max(...model.steps.map((step) => step.ratePerSecond));
      return ['load', 'steps', model.steps.findIndex((step) => step.ratePerSecond === highest), 'rate'];
    }
    case 'spike':
      return ['load', 'peak'];
  }
}

function planContacts(written: LoadSection['contacts'], users: number | null, impossible: Impossible): Contacts {
  const others = users === null ? Number.POSITIVE_INFINITY : users - 1;
  if (written === undefined) return { kind: 'uniform', perUser: Math.min(DEFAULT_CONTACTS, others) };
  const perUser = typeof written === 'number' ? written : written.perUser;
  if (perUser > others) {
    const path = typeof written === 'number' ? ['load', 'contacts'] : ['load', 'contacts', 'perUser'];
    impossible(path, `contacts are more than the number of other users`, `at most ${others}`);
  }
  if (typeof written === 'number' || written.kind === 'uniform') {
    if (typeof written !== 'number' && written.exponent !== undefined) {
      impossible(['load', 'contacts', 'exponent'], 'does not belong to uniform contacts', 'leave it out, or use kind: zipf');
    }
    return { kind: 'uniform', perUser };
  }
  return { kind: 'zipf', perUser, exponent: written.exponent ?? 1 };
}

/**
 * Churn, absence and the share of offline users depend on each other: churn alone keeps churn x away of the users offline (Little's law),
 * and the remaining share stays away all the time. A scenario without churn gets the churn that keeps the share.
 */
function planLeaving(load: LoadSection, impossible: Impossible): Pick<LoadPlan, 'churnPerSecond' | 'awayMs' | 'offlineShare'> {
  const awayMs = load.away;
  const churnPerSecond = load.churn ?? (load.offline * 1000) / awayMs;
  const byChurn = (churnPerSecond * awayMs) / 1000;
  if (load.churn !== undefined && byChurn > MAX_OFFLINE_SHARE) {
    const most = Number(((MAX_OFFLINE_SHARE * 1000 * 100) / awayMs).toPrecision(3));
    const message = `with everybody ${awayMs}ms away would keep ${Math.round(byChurn * 100)}% of the users offline`;
    impossible(['load', 'churn'], message, `at most ${most}%/s, or a shorter away`);
  } else if (load.churn === undefined && churnPerSecond > 1) {
    const message = `offline, each for ${awayMs}ms, asks everybody to leave more than once a second`;
    impossible(['load', 'offline'], message, 'a longer away, or a lower share');
  } else if (load.churn !== undefined && load.offline > 0 && byChurn > load.offline + OFFLINE_TOLERANCE) {
    const message = `is less than churn x away, which keep ${Number((byChurn * 100).toPrecision(3))}% offline`;
    impossible(['load', 'offline'], message, 'a higher share, less churn, or a shorter away');
  }
  return { churnPerSecond, awayMs, offlineShare: load.offline };
}
