/** k6's exit codes in words. The numbers are k6's own (errext/exitcodes), unchanged since 0.30. */

/** The script was played to its end: all thresholds held, or some did not. An earlier error hides the latter. */
export const K6_PLAYED: readonly number[] = [0, 99];

/** It was asked to end early, and summed up what it had. */
export const K6_INTERRUPTED = 105;

const MEANINGS: Readonly<Record<number, string>> = {
  99: 'thresholds did not hold',
  100: 'setup took too long',
  101: 'teardown took too long',
  102: 'it took too long',
  103: 'its engine failed',
  104: 'its configuration is wrong: a K6_ variable or a flag',
  [K6_INTERRUPTED]: 'it was interrupted',
  106: 'its REST API could not listen',
  107: 'the script threw an error',
  108: 'the script aborted the test',
  109: 'k6 itself panicked',
  110: 'the script marked the test as failed',
};

export function k6ExitText(code: number | null, signal: string | null): string {
  if (code === null) return `k6 was ended by ${signal ?? 'a signal'}`;
  return `k6 ended with ${code}: ${MEANINGS[code] ?? 'a code with no known meaning'}`;
}
