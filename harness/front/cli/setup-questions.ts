/** What `letitcrash init` asks on a terminal; each question has a default answer that Enter gives. */
import { createInterface } from 'node:readline';
import type { StarterCi, StarterServer } from '../starter/starter-files.ts';

interface Choice<Value extends string> {
  readonly value: Value;
  readonly words: string;
}

interface Question<Value extends string> {
  readonly asks: string;
  readonly choices: readonly Choice<Value>[];
}

export const SERVER_QUESTION: Question<StarterServer> = {
  asks: 'Which server do you want to load and break?',
  choices: [
    { value: 'own', words: 'your own (a small stand-in runs until you say how yours starts)' },
    { value: 'bundled', words: 'the one that comes with letitcrash, to try it out' },
  ],
};

export const CI_QUESTION: Question<StarterCi> = {
  asks: 'Where should changes be gated?',
  choices: [
    { value: 'github', words: 'pull requests on GitHub' },
    { value: 'gitlab', words: 'merge requests on GitLab' },
    { value: 'none', words: 'nowhere yet' },
  ],
};

/** Asks on a terminal until the answer is one of the choices. Rejects if the input ends first. */
export type Ask = <Value extends string>(question: Question<Value>, usual: Value) => Promise<Value>;

/** The input ended, or was interrupted, before there was an answer. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** The choice that an answer means, by its number or name, or `usual` for an empty answer; null for anything else. Pure. */
export function readAnswer<Value extends string>({ choices }: Question<Value>, usual: Value, answer: string): Value | null {
  const given = answer.trim().toLowerCase();
  if (given === '') return usual;
  return choices.find(({ value }, index) => given === value || given === String(index + 1))?.value ?? null;
}

/** The question as it is printed. Pure. */
export function questionText<Value extends string>({ asks, choices }: Question<Value>, usual: Value): string {
  const lines = choices.map(({ value, words }, index) => `  ${index + 1}  ${value.padEnd(8)} ${words}`);
  return `${asks}\n${lines.join('\n')}\n[${usual}] `;
}

/**
 * Calls `asking` with the questions of a terminal, and returns its result. What is typed ahead answers the next question. @throws
 * NoAnswerError
 */
export async function onTerminal<Outcome>(asking: (ask: Ask) => Promise<Outcome>): Promise<Outcome> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // Aborts when the input ends, and on Ctrl-C.
  const answers = lines[Symbol.asyncIterator]();
  try {
    return await asking(async (question, usual) => {
      for (;;) {
        process.stdout.write(questionText(question, usual));
        const { done, value } = await answers.next();
        if (done === true) throw new NoAnswerError('there was no answer');
        const answer = readAnswer(question, usual, value);
        if (answer !== null) return answer;
      }
    });
  } finally {
    lines.close();
  }
}
