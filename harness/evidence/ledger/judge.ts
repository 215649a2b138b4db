/**
 * The verdict on delivery: decides the nine properties from what was attempted, promised and observed. README.md in this folder defines
 * them. Pure; time and memory are linear in the rows.
 */
import type { Delivery } from '../result/result.ts';
import { deviceText, EvidenceList, messageText, timeText, userText } from './evidence.ts';
import { indexMessages, type MessageIndex } from './message-index.ts';
import { mustReceive } from './must-receive.ts';
import { DeliveryFlag, type DrainEnd, type Observations, Outcome } from './observations.ts';
import {
  contentText,
  deliveryText,
  hiddenText,
  owedText,
  READ,
  receiptText,
  whoseReceiptText,
  writtenText,
} from './offender-words.ts';
import { countReordered } from './order.ts';
import { judgePresence, type PresenceTerms } from './presence.ts';
import { type Uninterrupted, uninterrupted } from './uninterrupted.ts';

export type DeliveryReport = Delivery;

/** What became of each attempt at its recipient; element `row * devices + device` belongs to a row of the attempts and a device. */
interface Fates {
  /** Row of the first delivery, shown or not; NEVER when there was none. */
  readonly firstDelivery: Int32Array;
  /** Row of the first delivery that was shown; NEVER when there was none. */
  readonly firstShown: Int32Array;
  /** By row: when it was first read on any device; NaN when never. */
  readonly readUs: Float64Array;
  /** Indexed by row. */
  readonly corrupt: Uint8Array;
  /** For a message whose first delivery was not shown: the receiver's cursor at that moment. */
  readonly cursors: Map<number, number>;
}

const NEVER = -1;

type DeliveryCounts = Pick<DeliveryReport, 'duplicatesWire' | 'duplicatesVisible' | 'phantom' | 'misdelivered' | 'corrupted'>;

/**
 * Judges a run. Users are named `u<number>` in the evidence, and times are seconds since the run's zero. Without an `end`, it is not known
 * who was there when the drain ended; without `terms`, presence is not judged. `resumes`: the server promises to deliver acknowledged
 * messages also to a receiver who was away or disconnected.
 * @throws Error if the observations hold the same (sender, id) twice.
 */
export function judge(
  observations: Observations,
  end: DrainEnd | null = null,
  terms: PresenceTerms | null = null,
  resumes = true,
): DeliveryReport {
  const { attempts, drained, devices } = observations;
  const copies = attempts.count * devices;
  const evidence = new EvidenceList();
  const index = indexMessages(attempts, observations.users);
  const fates: Fates = {
    firstDelivery: new Int32Array(copies).fill(NEVER),
    firstShown: new Int32Array(copies).fill(NEVER),
    readUs: new Float64Array(attempts.count).fill(Number.NaN),
    corrupt: new Uint8Array(attempts.count),
    cursors: new Map(),
  };
  const deliveries = judgeDeliveries(observations, index, fates, evidence);
  const { owedTo, ...settled } = settle(observations, fates, evidence, resumes ? null : uninterrupted(observations));
  let reordered = 0;
  for (let device = 0; device < devices; device++) {
    const shown = devices === 1 ? fates.firstShown : fates.firstShown.filter((_, at) => at % devices === device);
    reordered += countReordered(attempts, index.bySenderAndId, shown, (row, later) =>
      evidence.add(
        'reordered',
        () =>
          `${messageText(attempts, row)} arrived${deviceText(device, devices)} after message ${attempts.id[later]} of the same session`,
        () =>
          `${writtenText(observations, row)}; it arrived ${deliveryText(observations, shown[row] as number)}, the later one ${deliveryText(observations, shown[later] as number)}`,
      ),
    );
  }
  const receiptsEarly = judgeReceipts(observations, index, fates, evidence);
  return {
    ...settled,
    ...deliveries,
    reordered,
    receiptsEarly,
    receipts: observations.receipts.count,
    ...judgePresence(observations, terms, evidence),
    drained,
    unacknowledged: settled.indeterminate,
    ...standing(observations, owedTo, end),
    offenders: evidence.offenders(),
    evidence: evidence.all(),
  };
}

/** Maximum users named in each group. */
const NAMED_USERS = 10;

/** Who was there to be reached; `owedTo` is the number of acknowledged messages that were never shown, for each device of a recipient. */
function standing(
  { users, devices, deliveries, drained }: Observations,
  owedTo: Uint32Array,
  end: DrainEnd | null,
): Pick<DeliveryReport, 'away' | 'deaf' | 'unheard' | 'restless' | 'refusals'> {
  const some = (places: readonly number[]) => ({
    users: new Set(places.map((place) => Math.floor(place / devices))).size,
    names: places
      .slice(0, NAMED_USERS)
      .map((place) => `${userText(Math.floor(place / devices))}${deviceText(place % devices, devices)}`),
  });
  const heard = new Uint8Array(users * devices);
  for (let delivery = 0; delivery < deliveries.count; delivery++)
    heard[(deliveries.receiver[delivery] as number) * devices + (deliveries.device[delivery] as number)] = 1;
  const unheard: number[] = [];
  for (let place = 0; place < owedTo.length; place++)
    if ((owedTo[place] as number) > 0 && heard[place] === 0) unheard.push(place);
  if (end === null) return { away: null, deaf: null, unheard: some(unheard), restless: null, refusals: [] };
  const owed = drained ? 0 : end.deaf.reduce((sum, place) => sum + (owedTo[place] as number), 0);
  return {
    away: some(end.away),
    deaf: { ...some(end.deaf), owed },
    unheard: some(unheard),
    restless: end.restless,
    refusals: end.refusals.map((row) => ({ ...row })),
  };
}

function judgeDeliveries(observations: Observations, index: MessageIndex, fates: Fates, evidence: EvidenceList): DeliveryCounts {
  const { attempts, deliveries, devices } = observations;
  const counts = { duplicatesWire: 0, duplicatesVisible: 0, phantom: 0, misdelivered: 0, corrupted: 0 };
  const { firstDelivery, firstShown, readUs, corrupt, cursors } = fates;
  /** Highest seq shown on each device so far. */
  const shownSeq = new Map<number, number>();
  for (let delivery = 0; delivery < deliveries.count; delivery++) {
    const from = deliveries.sender[delivery] as number;
    const id = deliveries.id[delivery] as number;
    const receiver = deliveries.receiver[delivery] as number;
    const atUs = deliveries.atUs[delivery] as number;
    const isShown = ((deliveries.flags[delivery] as number) & DeliveryFlag.ignored) === 0;
    const place = receiver * devices + (deliveries.device[delivery] as number);
    const cursor = shownSeq.get(place) ?? 0;
    if (isShown) shownSeq.set(place, deliveries.seq[delivery] as number);
    const row = index.find(from, id);
    if (row < 0 || attempts.outcome[row] === Outcome.unsent) {
      counts.phantom++;
      evidence.add(
        'phantom',
        () => `message ${id} of ${userText(from)} reached ${userText(receiver)} at ${timeText(atUs)}; nobody sent it`,
        () => `it arrived ${deliveryText(observations, delivery)}`,
      );
      continue;
    }
    if (attempts.outcome[row] === Outcome.failed && (attempts.writes[row] as number) <= 1) {
      counts.phantom++;
      evidence.add(
        'phantom',
        () => `${messageText(attempts, row)} was refused, and reached ${userText(receiver)} at ${timeText(atUs)}`,
        () =>
          `${writtenText(observations, row)}, refused at ${timeText(attempts.settledUs[row] as number)}; it arrived ${deliveryText(observations, delivery)}`,
      );
      continue;
    }
    if (attempts.recipient[row] !== receiver) {
      counts.misdelivered++;
      evidence.add(
        'misdelivered',
        () => `${messageText(attempts, row)} reached ${userText(receiver)} at ${timeText(atUs)}`,
        () => `${writtenText(observations, row)}; it arrived ${deliveryText(observations, delivery)}`,
      );
      continue;
    }
    const flags = deliveries.flags[delivery] as number;
    if ((flags & DeliveryFlag.corrupt) !== 0 && corrupt[row] === 0) {
      corrupt[row] = 1;
      counts.corrupted++;
      evidence.add(
        'corrupted',
        () => `${messageText(attempts, row)} arrived at ${timeText(atUs)} with different content`,
        () =>
          `${contentText(observations, delivery)}; ${writtenText(observations, row)}; it arrived ${deliveryText(observations, delivery)}`,
      );
    }
    const read = deliveries.readUs[delivery] as number;
    if (!Number.isNaN(read) && !((readUs[row] as number) <= read)) readUs[row] = read;
    const device = deliveries.device[delivery] as number;
    const copy = row * devices + device;
    if (firstDelivery[copy] === NEVER) {
      firstDelivery[copy] = delivery;
      if (!isShown) cursors.set(copy, cursor);
    } else counts.duplicatesWire++;
    if (!isShown) continue;
    if (firstShown[copy] === NEVER) {
      firstShown[copy] = delivery;
    } else {
      counts.duplicatesVisible++;
      const before = deliveries.atUs[firstShown[copy] as number] as number;
      evidence.add(
        'duplicatesVisible',
        () =>
          `${messageText(attempts, row)} was shown${deviceText(device, devices)} at ${timeText(before)} and at ${timeText(atUs)}`,
        () =>
          `${writtenText(observations, row)}; it arrived ${deliveryText(observations, firstShown[copy] as number)} and ${deliveryText(observations, delivery)}`,
      );
    }
  }
  return counts;
}

/** `promised` says what a server owes that does not promise to resume; null if everything is owed. */
function settle(
  observations: Observations,
  { firstShown, firstDelivery, cursors }: Fates,
  evidence: EvidenceList,
  promised: Uninterrupted | null,
) {
  const { attempts, drained, devices, users } = observations;
  const { mustGet } = mustReceive(observations);
  const owedTo = new Uint32Array(users * devices);
  const counts = {
    owedTo,
    unwritten: 0,
    attempted: 0,
    acked: 0,
    failed: 0,
    indeterminate: 0,
    recovered: 0,
    delivered: 0,
    expected: 0,
    notPromised: 0,
    lost: 0,
    hidden: 0,
    pending: 0,
  };
  /** The copy that arrived of a message that was not shown there; null if none did. */
  const hiddenCopy = (row: number, device: number | null): number | null => {
    for (let copy = row * devices + (device ?? 0); copy < row * devices + (device === null ? devices : device + 1); copy++)
      if (firstDelivery[copy] !== NEVER) return copy;
    return null;
  };
  for (let row = 0; row < attempts.count; row++) {
    const outcome = attempts.outcome[row] as Outcome;
    if (outcome === Outcome.unsent) {
      counts.unwritten++;
      continue;
    }
    const isAcked = outcome === Outcome.acked;
    const settledUs = attempts.settledUs[row] as number;
    let shown = 0;
    let owed = 0;
    let excused = 0;
    const missing = (device: number | null): void => {
      const hidden = hiddenCopy(row, device);
      if (hidden !== null) {
        counts.hidden++;
        evidence.add(
          'hidden',
          () => hiddenText(observations, row, firstDelivery[hidden] as number, cursors.get(hidden) as number),
          () => owedText(observations, row, device ?? 0),
        );
        return;
      }
      if (drained) counts.lost++;
      else counts.pending++;
      const place = (attempts.recipient[row] as number) * devices + (device ?? 0);
      if (place < owedTo.length) owedTo[place] = (owedTo[place] as number) + 1;
      const where = device === null ? '' : deviceText(device, devices);
      evidence.add(
        drained ? 'lost' : 'pending',
        () => `${messageText(attempts, row)} was acknowledged at ${timeText(settledUs)} and never shown${where}`,
        () => owedText(observations, row, device ?? 0),
      );
    };
    for (let device = 0; device < devices; device++) {
      const isShown = firstShown[row * devices + device] !== NEVER;
      if (isShown) shown++;
      if (!isAcked || !mustGet(row, device)) continue;
      if (!isShown && promised?.connectedFor(row, device) === false && hiddenCopy(row, device) === null) {
        counts.notPromised++;
        excused++;
        continue;
      }
      owed++;
      if (!isShown) missing(devices === 1 ? null : device);
    }
    counts.attempted++;
    counts.delivered += shown;
    if (outcome === Outcome.failed) counts.failed++;
    if (outcome === Outcome.indeterminate) {
      counts.indeterminate++;
      if (shown > 0) counts.recovered++;
      const sentUs = attempts.sentUs[row] as number;
      if (!drained)
        evidence.add(
          'unacknowledged',
          () => `${messageText(attempts, row)} was written at ${timeText(sentUs)} and never answered`,
          () => writtenText(observations, row),
        );
    }
    if (!isAcked) continue;
    counts.acked++;
    counts.expected += Math.max(excused > 0 ? 0 : 1, owed);
    // Nobody had signed in yet: whichever device comes first must get it.
    if (owed === 0 && shown === 0 && excused === 0) missing(null);
  }
  return counts;
}

function judgeReceipts(observations: Observations, index: MessageIndex, fates: Fates, evidence: EvidenceList): number {
  const { receipts } = observations;
  let early = 0;
  for (let receipt = 0; receipt < receipts.count; receipt++) {
    const row = index.find(receipts.sender[receipt] as number, receipts.id[receipt] as number);
    const factUs = factBehind(observations, receipt, row, fates);
    const atUs = receipts.atUs[receipt] as number;
    if (factUs <= atUs) continue;
    early++;
    evidence.add(
      'receiptsEarly',
      () => receiptText(observations, receipt, row, factUs),
      () => whoseReceiptText(observations, receipt, row, index),
    );
  }
  return early;
}

/** When the fact that a receipt reports took place, in microseconds; NaN when it never did. */
function factBehind(
  { attempts, deliveries, receipts, devices }: Observations,
  receipt: number,
  row: number,
  fates: Fates,
): number {
  if (row < 0 || attempts.outcome[row] === Outcome.unsent || attempts.recipient[row] !== receipts.by[receipt]) return Number.NaN;
  if (receipts.kind[receipt] === READ) return fates.readUs[row] as number;
  // It is delivered when the first of the devices has it.
  let firstUs = Number.NaN;
  for (let copy = row * devices; copy < (row + 1) * devices; copy++) {
    const delivery = fates.firstDelivery[copy] as number;
    const atUs = delivery === NEVER ? Number.NaN : (deliveries.atUs[delivery] as number);
    if (!(atUs >= firstUs)) firstUs = Number.isNaN(atUs) ? firstUs : atUs;
  }
  return firstUs;
}
