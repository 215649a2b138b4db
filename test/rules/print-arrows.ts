/** Prints who imports whom between the wings, and how often: `node test/rules/print-arrows.ts`, or with `--rooms` between the rooms. */
import { fileURLToPath } from 'node:url';
import { arrowsOf, sourcesOf } from './imports.ts';
import { roomOf, wingOf } from './offences.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const place = process.argv.includes('--rooms') ? (room: string): string => room : wingOf;

const counts = new Map<string, number>();
for (const { from, to } of arrowsOf(sourcesOf(root, ['harness', 'reports', 'targets']))) {
  const [guest, host] = [roomOf(from), roomOf(to)];
  if (guest === null || host === null || place(guest) === place(host)) continue;
  const arrow = `${place(guest)} -> ${place(host)}`;
  counts.set(arrow, (counts.get(arrow) ?? 0) + 1);
}
for (const [arrow, count] of [...counts].sort()) console.log(`${String(count).padStart(5)}  ${arrow}`);
console.log(`${String(counts.size).padStart(5)}  kinds of arrow`);
