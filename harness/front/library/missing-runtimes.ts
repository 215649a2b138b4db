/** Versions of Node that overrides ask for and that do not exist, found before anything starts. */
import { whyNoRuntime } from '../../run/conductor/node-runtime.ts';

/** A runtime in the form that scenarios accept. The scenario itself reports any other form as a mistake. */
const RUNTIME = /^(?:target\.runtime=|runtime=)?(?<runtime>node@\d{1,3}(?:\.\d{1,4}){0,2})$/;

/** Looks through `path=value` and the words of a side. Each mistake is reported once; none is reported if npm's registry cannot be reached. */
export async function missingRuntimes(words: readonly string[]): Promise<readonly string[]> {
  const asked = new Set(words.flatMap((word) => RUNTIME.exec(word)?.groups?.runtime ?? []));
  const { signal } = new AbortController();
  const told = await Promise.all([...asked].map((runtime) => whyNoRuntime(runtime, signal)));
  return told.filter((why) => why !== null);
}
