import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runningTree } from './supervision-tree.ts';

const README = new URL('../../../targets/reference/README.md', import.meta.url);

test('the README shows the supervision tree as it runs', async () => {
  const section =
    readFileSync(README, 'utf8')
      .split('\n## ')
      .find((part) => part.startsWith('Supervision\n')) ?? '';
  const [, shown] = section.split('```text\n');
  expect(shown?.split('\n```')[0]).toBe(await runningTree());
});
