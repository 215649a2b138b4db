/** Why a test with a retry is refused, and how to detect one. Pure. */

/** As Vitest configures it: a number, or an object with the count. */
export type Retry = number | { readonly count?: number } | undefined;

/** Null if nothing is retried; otherwise why that is refused. */
export function whyNoRetries(retry: Retry, test: string): string | null {
  const count = typeof retry === 'number' ? retry : (retry?.count ?? 0);
  if (count === 0) return null;
  return (
    `"${test}" has retry: ${count}, which defeats the test: with one retry, a server that loses messages in every second run\n` +
    '  passes three such tests of four, and only the luckiest run counts for every limit and margin\n' +
    '  set retry: 0 for files that use letitcrash; for more evidence use repeat: 20 in a fault, or more blocks in a comparison'
  );
}
