/** The nine delivery properties, judged from a Result's counts: what every report shows as the ledger's verdict. */
import { drainedState, drainFindings } from '../harness/evidence/result/drained.ts';
import { driverViolations } from '../harness/evidence/result/driver-violations.ts';
import type { Delivery, Result } from '../harness/evidence/result/result.ts';
import { plural } from './format.ts';
import { whyNoLedger } from './measured-by-words.ts';

/**
 * `observed`: broken, in a run that did not fail, so that was asked to observe only; `unknown`: nothing was acknowledged, or nothing of the kind was seen, or the driver broke
 * its rules, or there is no ledger, or, of a drain, nothing promised was seen to be missing and yet it was not seen to be complete; `unpromised`: the target does not promise it.
 */
export type PropertyState = 'kept' | 'broken' | 'observed' | 'unknown' | 'unpromised';

interface Rule {
  /** As the field of the Result's `delivery`. */
  readonly key:
    | 'lost'
    | 'hidden'
    | 'duplicatesVisible'
    | 'phantom'
    | 'reordered'
    | 'misdelivered'
    | 'receiptsEarly'
    | 'presenceWrong'
    | 'drained'
    | 'corrupted';
  readonly name: string;
  /** The rule in one sentence. */
  readonly rule: string;
  /** So many violations, in words. */
  readonly offence: (count: number) => string;
}

export interface DeliveryProperty extends Rule {
  /** Messages that break it; of a drain, messages that are owed and users who are kept out. Null where nothing counted them. */
  readonly violations: number | null;
  readonly state: PropertyState;
  /** Why it is open, or why the drain left it broken, in words; empty where that is plain. */
  readonly why: string;
}

const RULES: readonly Rule[] = [
  {
    key: 'lost',
    name: 'No loss',
    rule: 'Every acknowledged message is delivered.',
    offence: (count) => `${plural(count, 'acknowledged message')} lost`,
  },
  {
    key: 'hidden',
    name: 'New numbers',
    rule: 'Every new message comes with a number above all earlier ones.',
    offence: (count) => `${plural(count, 'acknowledged message')} arrived at or below the cursor, never shown`,
  },
  {
    key: 'duplicatesVisible',
    name: 'No visible duplicates',
    rule: 'Nobody sees a message twice.',
    offence: (count) => `${plural(count, 'message')} seen twice`,
  },
  {
    key: 'phantom',
    name: 'No phantoms',
    rule: 'Nothing is delivered that nobody sent.',
    offence: (count) => `${plural(count, 'message')} delivered that nobody sent`,
  },
  {
    key: 'reordered',
    name: 'In order',
    rule: 'Messages of one sender reach a device in the order sent.',
    offence: (count) => `${plural(count, 'message')} out of order`,
  },
  {
    key: 'misdelivered',
    name: 'No misdelivery',
    rule: 'No message reaches anybody but its receiver.',
    offence: (count) => `${plural(count, 'message')} delivered to somebody else`,
  },
  {
    key: 'receiptsEarly',
    name: 'Honest receipts',
    rule: 'A receipt never precedes the fact.',
    offence: (count) => `${plural(count, 'receipt')} before the fact`,
  },
  {
    key: 'presenceWrong',
    name: 'True presence',
    rule: 'Whoever watches a user is told in time whether that user is online.',
    offence: (count) => `${plural(count, 'watcher')} told the wrong presence`,
  },
  {
    key: 'drained',
    name: 'Drained',
    rule: 'After the faults, everybody is back and nothing is left to deliver.',
    // The drain's own findings say it.
    offence: () => '',
  },
  {
    key: 'corrupted',
    name: 'Intact',
    rule: 'The payload arrives unchanged.',
    offence: (count) => `${plural(count, 'message')} damaged`,
  },
];

/**
 * The properties in the order of the design; no property is ever kept by a run that acknowledged nothing, and none is judged where there is
 * no ledger of the server. Messages that were hidden by their numbers are a kind of loss, and stand beside it only where there are any.
 */
export function deliveryProperties(result: Result): readonly DeliveryProperty[] {
  const { delivery } = result;
  const none = driverViolations(result).length > 0 ? 'the driver broke its rules' : whyNoLedger(result);
  const whole = delivery === null ? [] : judgedProperties(result, delivery);
  const judged = result.interrupted === undefined ? whole : whole.map(unlessWhole);
  if (none === null) return judged.filter(({ key }) => key !== 'hidden' || delivery?.hidden !== 0);
  return RULES.filter(({ key }) => key !== 'hidden').map((rule): DeliveryProperty => {
    const violations = judged.find(({ key }) => key === rule.key)?.violations ?? null;
    return { ...rule, violations, state: 'unknown', why: none };
  });
}

/** What a part of a run kept, the whole may have broken. */
function unlessWhole(property: DeliveryProperty): DeliveryProperty {
  if (property.state !== 'kept' && property.why !== '') return property;
  return property.state === 'broken' || property.state === 'observed'
    ? property
    : { ...property, state: 'unknown', why: 'the run was interrupted' };
}

/** The promise that a property is about; of the others every server is taken at its acknowledgement. */
const PROMISED: Partial<Record<Rule['key'], NonNullable<Result['promised']>[number]>> = {
  receiptsEarly: 'receipts',
  presenceWrong: 'presence',
};

function judgedProperties({ verdict, promised, interrupted }: Result, delivery: Delivery): readonly DeliveryProperty[] {
  return RULES.map((rule): DeliveryProperty => {
    const whenBroken = verdict === 'fail' ? 'broken' : 'observed';
    if (rule.key !== 'drained') {
      const counted = delivery[rule.key];
      const violations = counted ?? 0;
      const promise = PROMISED[rule.key];
      if (violations === 0 && promise !== undefined && promised?.includes(promise) === false)
        return { ...rule, violations, state: 'unpromised', why: `the target does not promise ${promise}` };
      const unseen = rule.key === 'receiptsEarly' && delivery.receipts === 0;
      const state = violations > 0 ? whenBroken : delivery.acked === 0 || counted === null || unseen ? 'unknown' : 'kept';
      const why = state === 'unknown' && delivery.acked > 0 ? whyUnseen(rule.key) : '';
      // None among nothing is not zero.
      return { ...rule, rule: ruleOf(rule, promised), violations: state === 'unknown' ? null : violations, state, why };
    }
    const why = drainText(delivery);
    // Nobody waited for what was under way.
    const state = interrupted === undefined || delivery.drained ? drainedState(delivery) : 'unknown';
    return {
      ...rule,
      // Nobody was kept out who could not have been missed.
      violations: delivery.drained ? 0 : delivery.pending + (delivery.acked === 0 ? 0 : (delivery.away?.users ?? 0)),
      state: state === 'broken' ? whenBroken : state,
      offence: () => why,
      why,
    };
  });
}

/** Why nothing is known of a property in a run that acknowledged messages. */
function whyUnseen(key: Rule['key']): string {
  if (key === 'receiptsEarly') return 'no receipt was seen';
  return key === 'presenceWrong' ? 'nobody watched who is online' : 'nothing counted it';
}

/** What is owed is less where a target does not promise to resume. */
function ruleOf({ key, rule }: Rule, promised: Result['promised']): string {
  if (key !== 'lost' || promised === null || promised.includes('resume')) return rule;
  return 'Acknowledged messages are delivered to receivers that stay connected; the target does not promise to resume.';
}

/** Everything that a drain left behind, in a sentence without its full stop; empty when it left nothing. */
function drainText(delivery: Delivery): string {
  const found = drainFindings(delivery).map(({ text }) => text);
  return found.length === 0 ? '' : `${found.join('; ')}${delivery.drained ? '' : ' when the drain gave up'}`;
}

/** What a property is called, by its field in the Result's `delivery`; another text is itself. */
export function propertyName(key: string): string {
  return RULES.find((rule) => rule.key === key)?.name ?? key;
}

/** The rule of a property in one sentence; null for one that is not known. */
export function propertyRule(key: string): string | null {
  return RULES.find((rule) => rule.key === key)?.rule ?? null;
}
