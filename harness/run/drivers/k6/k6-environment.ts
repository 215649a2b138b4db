/** What k6 gets from the environment: the servers, and its users. Nothing secret is on its command line or in the script. Pure. */
import type { Credential } from '../../../../targets/target.ts';
import { RunError } from '../../../contracts/run-error.ts';

/** Linux takes at most 128 KiB in one variable. */
const PART_BYTES = 100_000;
/** For all variables and arguments, Linux accepts a quarter of the stack limit, normally 2 MiB. */
const ALL_BYTES = 1_500_000;

export interface K6Told {
  readonly urls: readonly string[];
  readonly credentials: readonly Credential[];
  readonly summaryFile: string;
}

/** @throws RunError for more users than the environment can hold. */
export function k6Environment(inherited: NodeJS.ProcessEnv, { urls, credentials, summaryFile }: K6Told): NodeJS.ProcessEnv {
  // K6_VUS, K6_DURATION and similar variables would override the script.
  const others = Object.entries(inherited).filter(
    ([name]) => !/^(?:K6_|LETITCRASH_(?:CREDENTIALS|URLS|TOKEN_KEY|SUMMARY))/.test(name),
  );
  return {
    ...Object.fromEntries(others),
    ...Object.fromEntries(partsOf(credentials).map((part, index) => [`LETITCRASH_CREDENTIALS_${index}`, part])),
    LETITCRASH_URLS: urls.join(','),
    LETITCRASH_SUMMARY: summaryFile,
    K6_AUTO_EXTENSION_RESOLUTION: 'false',
    // The other form has neither p99 nor thresholds.
    K6_NEW_MACHINE_READABLE_SUMMARY: 'false',
  };
}

function partsOf(credentials: readonly Credential[]): string[] {
  const parts: string[] = [];
  let part: string[] = [];
  let bytes = 0;
  const whole = credentials.map(({ user, token, secret }) => JSON.stringify([user, token, secret]));
  const all = whole.reduce((sum, text) => sum + text.length + 1, 0);
  if (all > ALL_BYTES) {
    const most = Math.floor((credentials.length * ALL_BYTES) / all);
    throw new RunError(
      'machine-lacks',
      `load.driver k6: ${credentials.length} users are more than the environment can hold\n  at most ${most} users`,
    );
  }
  for (const text of whole) {
    if (bytes + text.length + 1 > PART_BYTES) {
      parts.push(`[${part.join(',')}]`);
      part = [];
      bytes = 0;
    }
    part.push(text);
    bytes += text.length + 1;
  }
  return part.length === 0 ? parts : [...parts, `[${part.join(',')}]`];
}
