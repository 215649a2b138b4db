/**
 * The rules of the Driver interface that are checked while it runs, as data: each rule's name, and the rule itself as a clause that follows
 * "broke the rule". driver.ts states the same where it applies, with the reasons.
 */
import { outsideText } from '../../evidence/result/printable.ts';

export const DRIVER_RULES = {
  'opens-once': 'open() is called at most once in a session',
  'opens-first': 'nothing but ended() is reported before open(): what arrives earlier is kept until then',
  'opens-in-time': 'within handshakeTimeoutMs a session is open or has ended',
  'ends-once': 'ended() is called exactly once in a session, also in one that never opened',
  'ends-last': 'nothing is reported after ended()',
  'ends-when-asked': 'a session that was closed, aborted or abandoned has ended five seconds later at the latest',
  'tells-later': 'nothing is reported from within connect(), send(), acknowledge() or read()',
  'throws-nothing': 'neither a method nor a listener of the driver throws',
  answers:
    'send() and stall() return true or false, abandon() returns a socket with end() or null, and link is two addresses or null',
  'takes-while-open': 'an open session accepts what it is given to send',
  'writes-what-it-takes': 'what send() accepted is written before the turn of the event loop ends',
  'payload-not-kept': 'the payload is valid only until send() returns: its buffer is reused',
  'payload-not-altered': 'send() does not change the payload',
  'payload-stays-bytes': 'a payload is bytes, which a text cannot always hold: it travels as bytes or in base64',
  'settles-what-was-sent': 'acked() and refused() name a message that this user sent',
  'settles-once': 'a message is acknowledged or refused once for each time that it was sent',
  'tells-types': 'what is reported has the types of the interface',
  'hears-at-once': 'receive() says what a frame means before it returns',
  'numbers-rise': 'the seq of a new message is above every earlier seq of the user, across all connections of the user',
} as const;

export type DriverRule = keyof typeof DRIVER_RULES;

/** A rule that a driver broke: how often, and the first time in words. */
export interface BrokenRule {
  /** As the driver calls itself. */
  readonly driver: string;
  readonly rule: DriverRule;
  readonly count: number;
  readonly example: string;
}

/** `the driver chat broke the rule "...", 12 times, first: ...; the server is not blamed`. */
export function brokenRuleText({ driver, rule, count, example }: BrokenRule): string {
  const times = count === 1 ? 'once' : `${count} times, first`;
  return `the driver ${driver} broke the rule "${DRIVER_RULES[rule]}" (${rule}), ${times}: ${example}; the server is not blamed`;
}

/** What several processes observed of one driver, rule by rule, in the order of the rules. */
export function addBrokenRules(all: readonly (readonly BrokenRule[])[]): BrokenRule[] {
  const sum = new Map<DriverRule, BrokenRule>();
  for (const one of all.flat())
    sum.set(one.rule, { ...one, ...sum.get(one.rule), count: one.count + (sum.get(one.rule)?.count ?? 0) });
  return (Object.keys(DRIVER_RULES) as DriverRule[]).flatMap((rule) => sum.get(rule) ?? []);
}

/** Maximum length of an example that is kept. */
const EXAMPLE_CHARS = 300;

/** Records broken rules while a driver runs: one entry for each rule, so that nothing grows. */
export class BrokenRules {
  readonly #driver: string;
  readonly #broken = new Map<DriverRule, { count: number; example: string }>();

  constructor(driver: string) {
    this.#driver = driver;
  }

  /** `example` is called only the first time. */
  add(rule: DriverRule, example: () => string): void {
    const known = this.#broken.get(rule);
    if (known === undefined) this.#broken.set(rule, { count: 1, example: outsideText(example(), EXAMPLE_CHARS) });
    else known.count += 1;
  }

  all(): BrokenRule[] {
    return [...this.#broken].map(([rule, { count, example }]) => ({ driver: this.#driver, rule, count, example }));
  }
}
