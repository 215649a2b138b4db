/**
 * The messaging of the calibrated server, honest and otherwise: takes SENDs, acknowledges, queues, delivers. It knows neither
 * sockets nor frames; time comes from the delay line.
 */
import type { CalibratedConfig } from './config.ts';
import { type DelayLine, nowUs } from './delay-line.ts';
import { type Line, Mailbox, type Message } from './mailbox.ts';
import { exponentialTimes } from './service-time.ts';

/** How early an early receipt is. */
const EARLY_US = 50_000;
/** A message held back to be overtaken goes out after this anyway. */
const HELD_US = 300_000;

export interface Submission {
  readonly id: number;
  /** It may be; otherwise the client says that it is not. */
  readonly isRepeat: boolean;
  readonly to: string;
  readonly wantsReceipts: boolean;
  readonly payload: Buffer;
}

export class Exchange {
  readonly #config: CalibratedConfig;
  readonly #delays: DelayLine;
  readonly #firstSeq: number;
  readonly #serviceMs: () => number;
  /** True when this process was started to serve no more. */
  readonly #mute: boolean;
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #held = new Map<string, Message>();
  /** What a repeat of these gets again: nothing, or the same refusal. By sender and id. */
  readonly #spurned = new Map<string, 'unanswered' | 'refused'>();
  /** Messages accepted, and those of them that asked for receipts. */
  #accepted = 0;
  #receipted = 0;
  #busyUntilUs = 0;

  /** `firstSeq` lies above every seq that an earlier process of this node may have given. */
  constructor(config: CalibratedConfig, delays: DelayLine, firstSeq: number, mute: boolean) {
    this.#config = config;
    this.#delays = delays;
    this.#firstSeq = firstSeq;
    this.#serviceMs = config.serviceTimeMs > 0 ? exponentialTimes(config.serviceTimeMs, config.seed) : () => 0;
    this.#mute = mute;
  }

  mailbox(user: string): Mailbox {
    let mailbox = this.#mailboxes.get(user);
    if (mailbox === undefined) {
      mailbox = new Mailbox(user, this.#firstSeq);
      this.#mailboxes.set(user, mailbox);
    }
    return mailbox;
  }

  get users(): number {
    return this.#mailboxes.size;
  }

  /** Takes a SEND and calls `ack` once it may be acknowledged. A repeat gets the same answer and goes no further. */
  submit(sender: Mailbox, submission: Submission, ack: () => void): 'taken' | 'mailbox-full' | 'stale' | 'refused' {
    if (this.#mute) return 'taken';
    const { delayMs, delayEvery, delayEveryMs, dropEvery } = this.#config;
    const now = nowUs();
    const fresh = submission.id > sender.acceptedId;
    if (!fresh && !submission.isRepeat) return 'stale';
    if (fresh) {
      if (this.mailbox(submission.to).isFull) return 'mailbox-full';
      sender.acceptedId = submission.id;
      this.#accepted += 1;
      this.#spurn(sender, submission);
    }
    const spurned = this.#spurned.get(`${sender.user} ${submission.id}`);
    if (spurned !== undefined) return spurned === 'refused' ? 'refused' : 'taken';
    if (fresh) {
      if (!this.#isNth(dropEvery)) {
        const message = this.#message(sender, submission);
        this.#after(now + delayMs * 1000, () => this.#route(submission.to, message));
      }
    }
    const slowMs = fresh && this.#isNth(delayEvery) ? delayEveryMs : 0;
    this.#after(this.#turnUs(now) + (delayMs + slowMs + this.#serviceMs()) * 1000, ack);
    return 'taken';
  }

  /** When the one server that answers has got round to it: it takes one message after another. */
  #turnUs(now: number): number {
    const { capPerSecond } = this.#config;
    if (capPerSecond === 0) return now;
    this.#busyUntilUs = Math.max(now, this.#busyUntilUs) + 1e6 / capPerSecond;
    return this.#busyUntilUs;
  }

  /** Remembers a message that gets no answer, or a refusal. */
  #spurn(sender: Mailbox, { id }: Submission): void {
    const { unansweredEvery, refuseEvery } = this.#config;
    if (this.#isNth(unansweredEvery)) this.#spurned.set(`${sender.user} ${id}`, 'unanswered');
    else if (this.#isNth(refuseEvery)) this.#spurned.set(`${sender.user} ${id}`, 'refused');
  }

  /** A user has signed in with everything up to `cursor`; delivery goes on after it. */
  connect(user: Mailbox, line: Line, cursor: number): void {
    this.delivered(user, cursor);
    user.numberAbove(cursor);
    user.connect(line);
    user.pump(nowUs());
  }

  delivered(receiver: Mailbox, seq: number): boolean {
    const known = receiver.acknowledge(seq, ({ from, id, wantsReceipts, receiptSent }) => {
      if (wantsReceipts && !receiptSent) this.mailbox(from).giveReceipt(1, id, receiver.user);
    });
    receiver.pump(nowUs());
    return known;
  }

  read(receiver: Mailbox, seq: number): void {
    const entry = receiver.read(seq);
    if (entry !== null) this.mailbox(entry.from).giveReceipt(2, entry.id, receiver.user);
  }

  /** Whether the message just accepted is an nth. */
  #isNth(every: number): boolean {
    return every > 0 && this.#accepted % every === 0;
  }

  #after(dueUs: number, action: () => void): void {
    if (dueUs <= nowUs()) action();
    else this.#delays.at(dueUs, action);
  }

  /** What the receiver will get, with whatever lies apply to it. */
  #message(sender: Mailbox, { id, to, wantsReceipts, payload }: Submission): Message & { readonly lies: Lies } {
    const { corruptEvery, duplicateEvery, misdeliverEvery, reorderEvery, earlyReceiptEvery, hideEvery } = this.#config;
    const content = Buffer.from(payload);
    if (this.#isNth(corruptEvery) && content.length > 0) content[content.length - 1] = (content.at(-1) as number) ^ 0xff;
    if (wantsReceipts) this.#receipted += 1;
    const early = wantsReceipts && earlyReceiptEvery > 0 && this.#receipted % earlyReceiptEvery === 0;
    return {
      id,
      from: sender.user,
      sentAtMs: Date.now(),
      wantsReceipts,
      receiptSent: early,
      payload: content,
      lies: {
        twice: this.#isNth(duplicateEvery),
        alsoTo: this.#isNth(misdeliverEvery) ? this.#somebodyElse(sender.user, to) : null,
        heldBack: this.#isNth(reorderEvery),
        hidden: this.#isNth(hideEvery),
      },
    };
  }

  #route(to: string, message: Message & { readonly lies: Lies }): void {
    const receiver = this.mailbox(to);
    if (message.receiptSent) {
      this.mailbox(message.from).giveReceipt(1, message.id, to);
      const dueUs = nowUs() + EARLY_US;
      receiver.pauseUntil(dueUs);
      this.#delays.at(dueUs, () => receiver.pump(nowUs()));
    }
    const pair = `${message.from} ${to}`;
    const overtaken = this.#held.get(pair);
    if (overtaken === undefined && message.lies.heldBack) {
      this.#held.set(pair, message);
      this.#delays.at(nowUs() + HELD_US, () => this.#release(pair, message, receiver));
      return;
    }
    if (message.lies.hidden) this.#hide(receiver, message);
    else this.#queue(receiver, message, message.lies.twice ? 2 : 1);
    if (overtaken !== undefined) this.#release(pair, overtaken, receiver);
    if (message.lies.alsoTo !== null) this.#queue(message.lies.alsoTo, { ...message, wantsReceipts: false }, 1);
  }

  /** Unless it went out meanwhile. */
  #release(pair: string, message: Message, receiver: Mailbox): void {
    if (this.#held.get(pair) !== message) return;
    this.#held.delete(pair);
    this.#queue(receiver, message, 1);
  }

  #queue(receiver: Mailbox, message: Message, times: number): void {
    for (let time = 0; time < times; time += 1) receiver.add(message);
    receiver.pump(nowUs());
  }

  #hide(receiver: Mailbox, message: Message): void {
    receiver.addHidden(message);
    receiver.pump(nowUs());
  }

  /** A connected user who is neither of them, or null. */
  #somebodyElse(sender: string, receiver: string): Mailbox | null {
    for (const mailbox of this.#mailboxes.values()) {
      if (mailbox.user !== sender && mailbox.user !== receiver && mailbox.line !== null) return mailbox;
    }
    return null;
  }
}

interface Lies {
  readonly twice: boolean;
  readonly alsoTo: Mailbox | null;
  readonly heldBack: boolean;
  readonly hidden: boolean;
}
