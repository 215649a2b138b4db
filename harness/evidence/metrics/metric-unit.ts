/** How a limit is written and what its number means; a truth value is 0 or 1. */
export type MetricUnit = 'us' | 'ms' | 'bytes' | '/s' | 'share' | 'count' | 'truth';
