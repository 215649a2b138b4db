/**
 * Delta debugging: finds the smallest part of a list that still fails. Generic, and without I/O of its own.
 *
 * The algorithm is ddmin of Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input" (2002): halves, then ever smaller
 * parts and their complements. Its result is 1-minimal: without any single one of its items it does not fail. The empty list is tried
 * first, since what fails with nothing needs nothing.
 */

/** Whether a candidate still fails. Called at most once for each candidate. */
export type Fails<Candidate> = (candidate: Candidate) => Promise<boolean>;

/**
 * A 1-minimal sub-list of `items`, which is known to fail, in the same order. When `goOn` returns false, the smallest list found so far is
 * returned at once.
 */
export async function ddmin<Item>(
  items: readonly Item[],
  fails: Fails<readonly Item[]>,
  goOn: () => boolean = () => true,
): Promise<readonly Item[]> {
  const known = new Map<string, boolean>();
  const ask = async (kept: readonly number[]): Promise<boolean> => {
    const key = kept.join();
    const answer = known.get(key) ?? (goOn() && (await fails(kept.map((index) => items[index] as Item))));
    known.set(key, answer);
    return answer;
  };
  let kept = items.map((_, index) => index);
  if (kept.length > 0 && (await ask([]))) kept = [];
  let parts = 2;
  while (kept.length > 1 && goOn()) {
    const smaller = await firstFailing(kept, parts, ask);
    if (smaller === null) {
      if (parts >= kept.length) break;
      parts = Math.min(kept.length, parts * 2);
    } else {
      parts = smaller.isPart ? 2 : Math.max(2, parts - 1);
      kept = smaller.kept;
    }
  }
  return kept.map((index) => items[index] as Item);
}

interface Smaller {
  readonly kept: number[];
  readonly isPart: boolean;
}

async function firstFailing(kept: number[], parts: number, ask: Fails<readonly number[]>): Promise<Smaller | null> {
  const bounds = Array.from({ length: parts + 1 }, (_, part) => Math.floor((part * kept.length) / parts));
  for (let part = 0; part < parts; part += 1) {
    const own = kept.slice(bounds[part], bounds[part + 1]);
    if (own.length < kept.length && (await ask(own))) return { kept: own, isPart: true };
  }
  for (let part = 0; part < parts; part += 1) {
    const rest = [...kept.slice(0, bounds[part]), ...kept.slice(bounds[part + 1])];
    if (await ask(rest)) return { kept: rest, isPart: false };
  }
  return null;
}
