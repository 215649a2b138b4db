/** A snapshot in words, for a terminal. Pure. */
import type { Snapshot, Sort, TreeNode } from './snapshot.ts';

export type Section = 'processes' | 'tree' | 'crashes';

export interface Look {
  readonly sections: readonly Section[];
  readonly sort: Sort;
  /** Columns. */
  readonly width: number;
}

const CRASHES_SHOWN = 20;

/** The lines for a snapshot, none longer than the width. */
export function screenLines(snapshot: Snapshot, { sections, sort, width }: Look): string[] {
  const lines = [...counts(snapshot)];
  if (sections.includes('processes')) lines.push('', ...processes(snapshot, sort), '', ...modules(snapshot));
  if (sections.includes('tree')) lines.push('', ...snapshot.tree.flatMap((root) => tree(root, '', '')));
  if (sections.includes('crashes')) lines.push('', ...crashes(snapshot));
  return lines.map((line) => plain(line).slice(0, width).trimEnd());
}

function counts({
  node,
  processes: { processes, users, connections, runnable, counters },
  modules: { release },
}: Snapshot): string[] {
  const { reductions = 0, crashed = 0, runaways = 0 } = counters;
  return [
    `${node}  release ${release}`,
    `${count(processes)} processes, ${count(users)} users, ${count(connections)} connections, ${count(runnable)} runnable`,
    `${count(reductions)} reductions, ${count(crashed)} crashes, ${count(runaways)} of them runaways`,
  ];
}

function processes({ processes: { listed } }: Snapshot, sort: Sort): string[] {
  const mark = (column: Sort): string => `${column}${column === sort ? '*' : ''}`;
  return [
    row({
      process: 'process',
      behaviour: 'behaviour',
      mailbox: mark('mailbox'),
      memory: mark('memory'),
      reductions: mark('reductions'),
      status: 'status',
    }),
    ...listed.map(({ pid, name, user, behaviour, version, mailbox, memoryBytes, reductions, status }) =>
      row({
        process: name ?? (user === null ? pid : `${user} ${pid}`),
        behaviour: version === null ? behaviour : `${behaviour} ${version}`,
        mailbox: count(mailbox),
        memory: `${count(memoryBytes)} B`,
        reductions: count(reductions),
        status,
      }),
    ),
  ];
}

type Column = 'process' | 'behaviour' | 'mailbox' | 'memory' | 'reductions' | 'status';

function row({ process, behaviour, mailbox, memory, reductions, status }: Readonly<Record<Column, string>>): string {
  const numbers = `${mailbox.padStart(9)} ${memory.padStart(10)} ${reductions.padStart(13)}`;
  return `${process.padEnd(32)} ${behaviour.padEnd(14)} ${numbers}  ${status}`;
}

function modules({ modules: { modules: list } }: Snapshot): string[] {
  return list.map(({ name, current, old, processesOnCurrent, processesOnOld }) => {
    const before = old === null ? '' : `; old ${old}: ${count(processesOnOld)}`;
    return `module ${name.padEnd(14)} ${String(current ?? '-').padEnd(5)} ${count(processesOnCurrent)} processes${before}`;
  });
}

function tree({ pid, name, id, behaviour, strategy, children, childCount }: TreeNode, first: string, others: string): string[] {
  const label = `${first}${name ?? id ?? behaviour} ${pid}${strategy === null ? '' : ` ${strategy}`}`;
  const hidden = childCount - children.length;
  const shown = children.map((child, index) => ({ child, last: index === children.length - 1 && hidden === 0 }));
  const below = shown.flatMap(({ child, last }) =>
    last ? tree(child, `${others}└─ `, `${others}   `) : tree(child, `${others}├─ `, `${others}│  `),
  );
  return [label, ...below, ...(hidden > 0 ? [`${others}└─ and ${count(hidden)} more`] : [])];
}

function crashes({ crashes: { crashes: list, supervisors } }: Snapshot): string[] {
  if (list.length === 0) return ['no crash'];
  const gaveUp = supervisors.filter(({ context }) => context === 'shutdown');
  return [
    ...list.slice(-CRASHES_SHOWN).map(({ pid, name, behaviour, reason, lastMessage, state, atMs }) => {
      const at = new Date(atMs).toISOString().slice(11, 23);
      const on = lastMessage === null ? '' : ` on ${lastMessage}`;
      return `${at} ${name ?? behaviour} ${pid}: ${reason}${on}; state ${JSON.stringify(state)}`;
    }),
    ...gaveUp.map(({ supervisor, reason }) => `supervisor ${supervisor} gave up: ${reason}`),
  ];
}

function count(value: number): string {
  return value.toLocaleString('en');
}

/** Text from a server must not control the terminal. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}
