/** Which children this process has: what a test left behind. */
import { readdirSync, readFileSync } from 'node:fs';

/** Ids of those whose command line has `words` in it; only where there is a /proc. */
export function childrenThatRun(words: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === process.pid && textOf(pid, 'cmdline').includes(words));
}

function parentOf(pid: number): number {
  const stat = textOf(pid, 'stat');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** Empty for one that is gone. */
function textOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
