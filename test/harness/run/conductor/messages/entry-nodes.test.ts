import { expect, test } from 'vitest';
import { entryNodes } from '../../../../../harness/run/conductor/messages/entry-nodes.ts';
import type { DeployedNode } from '../../../../../targets/target.ts';

const node = (name: string): DeployedNode => ({ name, endpoint: { host: name, port: 1, path: '/' } }) as DeployedNode;

/** The lists that were told, each as host names. */
function told(nodes: readonly DeployedNode[]) {
  const lists: string[][] = [];
  const entries = entryNodes(nodes, async (present) => void lists.push(present.map(({ name }) => name)));
  return { lists, entries };
}

test('users are told once of each node that joins and of each that leaves', async () => {
  const [n1, n2, n3] = [node('n1'), node('n2'), node('n3')];
  const { lists, entries } = told([n1, n2]);
  await entries.add(n3);
  await entries.add(n3);
  await entries.remove(n1);
  await entries.remove(n1);
  expect(lists).toEqual([
    ['n1', 'n2', 'n3'],
    ['n2', 'n3'],
  ]);
});

test('the last node stays, because users must have somewhere to try', async () => {
  const [n1, n2] = [node('n1'), node('n2')];
  const { lists, entries } = told([n1, n2]);
  await entries.remove(n2);
  await entries.remove(n1);
  expect(lists).toEqual([['n1']]);
  await entries.add(n2);
  expect(lists.at(-1)).toEqual(['n1', 'n2']);
});
