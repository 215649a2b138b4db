/** Versions of Node that overrides ask for and that do not exist, found before anything starts. */
import { whyNoRuntime } from '../../run/conductor/node-runtime.ts';

/** As a scenario takes it; whatever else is written there is a mistake of the scenario, which says so itself. */
const RUNTIME = /^(?:target\.runtime=|runtime=)?(?<runtime>node@\d{1,3}(?:\.\d{1,4}){0,2})$/;

/** Of `path=value` and the words of a side. Each mistake is told once; none is where npm's registry is out of reach. */
export async function missingRuntimes(words: readonly string[]): Promise<readonly string[]> {
  const asked = new Set(words.flatMap((word) => RUNTIME.exec(word)?.groups?.runtime ?? []));
  const { signal } = new AbortController();
  const told = await Promise.all([...asked].map((runtime) => whyNoRuntime(runtime, signal)));
  return told.filter((why) => why !== null);
}
