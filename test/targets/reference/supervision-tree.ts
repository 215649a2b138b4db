/**
 * The supervision tree of a node that runs, as README.md of the reference server shows it. To print it:
 *
 *     node test/targets/reference/supervision-tree.ts
 */
import type { ListedTree } from '../../../targets/reference/control/views.ts';
import { localNode } from './local-node.ts';

/** Starts a node with one user on it, and draws its tree. */
export async function runningTree(): Promise<string> {
  const server = await localNode();
  try {
    const anna = await server.client('anna');
    const { tree } = JSON.parse((await server.ask('GET', '/tree')).text) as { readonly tree: readonly ListedTree[] };
    await anna.bye();
    return tree.map((root) => drawn(root, '', '').join('\n')).join('\n');
  } finally {
    await server.stop();
  }
}

function drawn({ name, id, behaviour, strategy, children }: ListedTree, first: string, others: string): string[] {
  const label = name ?? id ?? behaviour;
  if (strategy === 'simple_one_for_one') {
    const kinds = [...new Set(children.map((child) => child.id ?? child.behaviour))];
    return [`${first}${label} (${strategy})`, ...kinds.map((kind) => `${others}└─ ${kind}: any number of them`)];
  }
  const below = children.flatMap((child, index) =>
    index === children.length - 1 ? drawn(child, `${others}└─ `, `${others}   `) : drawn(child, `${others}├─ `, `${others}│  `),
  );
  return [`${first}${label}${strategy === null ? '' : ` (${strategy})`}`, ...below];
}

if (import.meta.main) console.log(await runningTree());
