/** Suggestions for mistyped names. Pure. */

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

const LONGEST_COMPARED = 64;

/** The nearest of `known`, or null if none is near: at most a third of the letters may differ. */
export function nearest(written: string, known: Iterable<string>): string | null {
  if (written.length > LONGEST_COMPARED) return null;
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const distance = editDistance(written.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best !== null && bestDistance <= Math.max(1, Math.floor(Math.max(written.length, best.length) / 3)) ? best : null;
}

/** Up to this many names are listed one by one; of more, their families are listed. */
const LISTED = 12;

/** `did you mean "rate"?` and the alternatives: all of them if they are few; otherwise those of the same family, or the families. */
export function suggestion(written: string, known: readonly string[], what: string): string {
  const near = nearest(written, known);
  const list = known.length === 0 ? `there are no ${what}` : `${what}: ${listed(near ?? written, known)}`;
  return near === null ? list : `did you mean "${near}"? (${list})`;
}

function listed(written: string, known: readonly string[]): string {
  if (known.length <= LISTED) return known.join(', ');
  const families = Map.groupBy(known, (name) => name.split('.')[0] ?? name);
  if (families.size === known.length) return known.join(', ');
  const others = [...families].map(([family, [first = '', ...more]]) => (more.length === 0 ? first : `${family}.…`));
  const own = families.get(written.split('.')[0] ?? '') ?? [];
  return own.length < 2 ? others.join(', ') : `${own.slice(0, LISTED).join(', ')}; and ${others.join(', ')}`;
}
