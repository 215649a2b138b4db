/** What in a list of imports is against the house's table: arrows that run up, boundaries that were crossed, and circles of files. Pure. */
import { BOUNDARIES, CIRCLES, ROOMS } from './house.ts';
import type { Arrow } from './imports.ts';

/** The room of a file; null for one that is in none, such as package.json. */
export function roomOf(path: string): string | null {
  return ROOMS.find((room) => isUnder(path, room)) ?? null;
}

/** The wing of a room: the folder above it, or the room itself where it has none. */
export function wingOf(room: string): string {
  return room.split('/').slice(0, 2).join('/');
}

/** One sentence for each arrow against the table, with both its ends. */
export function crossings(arrows: readonly Arrow[]): string[] {
  return arrows.flatMap(({ from, to }) => {
    const [guest, host] = [roomOf(from), roomOf(to)];
    if (guest === null) return [`${from}, which imports ${to}, is in no room of test/rules/house.ts`];
    if (host === null) {
      const isInside = to.startsWith('harness/') || to.startsWith('reports/') || to.startsWith('targets/');
      return isInside ? [`${to}, which ${from} imports, is in no room of test/rules/house.ts`] : [];
    }
    if (guest === host) return [];
    const passed = BOUNDARIES.filter(
      (boundary) =>
        isUnder(to, boundary.room) &&
        (boundary.guest === null || isUnder(from, boundary.guest)) &&
        !boundary.through.some((path) => isUnder(to, path)),
    ).map(({ law }) => `${from} imports ${to}: ${law}`);
    if (passed.length > 0) return passed;
    if (ROOMS.indexOf(host) > ROOMS.indexOf(guest)) return [];
    return [`${from} imports ${to}: ${guest} lies below ${host}, and nothing reaches back up`];
  });
}

/** The circles of files, each in the order of its names; those that the table lists may be of types only, and are left out then. */
export function circles(arrows: readonly Arrow[]): string[] {
  return strongComponents(arrows)
    .filter((files) => !isListed(files, arrows))
    .map((files) => `these files import each other in a circle: ${files.join(', ')}`);
}

function isListed(files: readonly string[], arrows: readonly Arrow[]): boolean {
  if (!CIRCLES.some(({ within }) => files.every((file) => isUnder(file, within)))) return false;
  return strongComponents(arrows.filter(({ typeOnly }) => !typeOnly)).every((each) => !each.some((file) => files.includes(file)));
}

/** Tarjan's strongly connected components of more than one file. Source: R. Tarjan, SIAM J. Comput. 1 (1972) 146. */
function strongComponents(arrows: readonly Arrow[]): string[][] {
  const next = Map.groupBy(arrows, ({ from }) => from);
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file) as number);
    stack.push(file);
    for (const { to } of next.get(file) ?? []) {
      if (!index.has(to)) visit(to);
      if (stack.includes(to)) low.set(file, Math.min(low.get(file) as number, low.get(to) as number));
    }
    if (low.get(file) !== index.get(file)) return;
    const component = stack.splice(stack.indexOf(file)).sort();
    if (component.length > 1) found.push(component);
  };
  for (const file of next.keys()) if (!index.has(file)) visit(file);
  return found;
}

function isUnder(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
