import { MAX_WORD_LENGTH, MAX_WORDS } from './term-format.ts';

/** The words that were sent on one connection, with their numbers. What no signal carried yet can be taken back. */
export class WordsSent {
  readonly #numbers = new Map<string, number>();
  /** Those that the signal which is being written is the first to carry, and where in it. */
  readonly #unsent: { readonly word: string; readonly at: number }[] = [];

  /** In the order of their numbers. */
  get words(): readonly string[] {
    return [...this.#numbers.keys()];
  }

  numberOf(word: string): number | undefined {
    return this.#numbers.get(word);
  }

  /** Gives a word a number, as the other side does when it reads it at `at`. Returns false when it is not to be remembered. */
  add(word: string, at: number): boolean {
    if (this.#numbers.size === MAX_WORDS || word.length > MAX_WORD_LENGTH) return false;
    this.#unsent.push({ word, at });
    this.#numbers.set(word, this.#numbers.size);
    return true;
  }

  /** The signal is sent. */
  sent(): void {
    this.#unsent.length = 0;
  }

  /** What was written from `mark` on is not sent. */
  forget(mark: number): void {
    for (let last = this.#unsent.at(-1); last !== undefined && last.at >= mark; last = this.#unsent.at(-1)) {
      this.#numbers.delete(last.word);
      this.#unsent.pop();
    }
  }
}
