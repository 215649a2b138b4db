/** Users have one owner at a time, and only its writes are made: the LMDB store among nodes that share it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRealPlatform } from '../../../../targets/reference/platform/real/real-platform.ts';
import { createRuntime, type Pid } from '../../../../targets/reference/runtime/index.ts';
import { type LmdbEnvironment, openEnvironment } from '../../../../targets/reference/store/lmdb-environment.ts';
import { LmdbRegistry } from '../../../../targets/reference/store/lmdb-registry.ts';
import { LmdbStore } from '../../../../targets/reference/store/lmdb-store.ts';
import { Members } from '../../../../targets/reference/store/members.ts';

type Answer = { readonly type: string } & Record<string, unknown>;

const runtime = createRuntime({ platform: createRealPlatform({ runawayMs: null }), name: 'test', creation: 1 });

/** A node's view of the shared environment, and a process of it. */
class Node {
  readonly members: Members;
  readonly store: LmdbStore;
  readonly registry: LmdbRegistry;
  readonly answers = new Map<Pid, Answer[]>();
  readonly name: string;
  #serial = 0;

  constructor(environment: LmdbEnvironment, name: string) {
    this.name = name;
    const send = (to: Pid, message: unknown): void => {
      this.answers.set(to, [...(this.answers.get(to) ?? []), message as Answer]);
    };
    const failed = (error: Error): void => {
      throw error;
    };
    this.members = new Members(environment, name);
    this.store = new LmdbStore({ environment, durability: 'commit', send, failed });
    this.registry = new LmdbRegistry({ environment, store: this.store, members: this.members, send, failed });
  }

  process(): Pid {
    return runtime.pidOf({ node: this.name, creation: 1, serial: ++this.#serial });
  }

  async answer(to: Pid): Promise<Answer> {
    await expect.poll(() => this.answers.get(to)?.length ?? 0).toBeGreaterThan(0);
    return this.answers.get(to)?.shift() as Answer;
  }

  async claim(claimant: Pid, over: Parameters<LmdbRegistry['claim']>[2] = null): Promise<Answer> {
    this.registry.claim('anna', claimant, over);
    return this.answer(claimant);
  }
}

let directory: string;
let environment: LmdbEnvironment;
let nodes: readonly [Node, Node, Node];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'letitcrash-test-'));
  environment = openEnvironment(directory, true);
  nodes = [new Node(environment, 'n1'), new Node(environment, 'n2'), new Node(environment, 'n3')];
  for (const { members, name } of nodes)
    await members.announce({ name, creation: 1, host: '', port: 0, meshPort: 0, state: 'ready' });
});

afterEach(async () => {
  await environment.root.close();
  rmSync(directory, { recursive: true, force: true });
});

test('a user without an owner belongs to the first that claims it, and another claimant is told the owner', async () => {
  const [n1, n2] = nodes;
  const owner = n1.process();
  expect(await n1.claim(owner)).toEqual({ type: 'claimed', epoch: 1, from: null, forced: false });
  const other = n2.process();
  expect(await n2.claim(other)).toEqual({
    type: 'claim-refused',
    owner: { node: 'n1', creation: 1, serial: owner.serial },
    epoch: 1,
  });
  n2.registry.locate('anna', other);
  expect(await n2.answer(other)).toMatchObject({ type: 'located', owner: { node: 'n1', serial: owner.serial } });
});

test('a write under an epoch that is over is not made, and its process is told so', async () => {
  const [n1, n2] = nodes;
  const [before, after] = [n1.process(), n2.process()];
  await n1.claim(before);
  n1.store.append({ user: 'anna', epoch: 1 }, 5, Buffer.from('in time'), before);
  expect(await n1.answer(before)).toEqual({ type: 'stored', seq: 5 });
  await n2.claim(after, { epoch: 1, by: 'force' });
  n1.store.append({ user: 'anna', epoch: 1 }, 6, Buffer.from('too late'), before);
  n1.store.saveProfile({ user: 'anna', epoch: 1 }, 'too late', before);
  n1.store.remove({ user: 'anna', epoch: 1 }, 5, 0);
  expect(await n1.answer(before)).toEqual({ type: 'fenced' });
  expect(await n1.answer(before)).toEqual({ type: 'fenced' });
  n2.store.load('anna', after);
  expect(await n2.answer(after)).toMatchObject({ type: 'loaded', profile: null, lastSeq: 5 });
});

test('a user taken by force leaves one eviction, for the node that had it; one that was released leaves none', async () => {
  const [n1, n2, n3] = nodes;
  await n1.claim(n1.process());
  expect(await n2.claim(n2.process(), { epoch: 1, by: 'consent' })).toEqual({
    type: 'claimed',
    epoch: 2,
    from: 'n1',
    forced: false,
  });
  expect(await n3.claim(n3.process(), { epoch: 2, by: 'force' })).toEqual({
    type: 'claimed',
    epoch: 3,
    from: 'n2',
    forced: true,
  });
  expect(n1.members.evictions()).toEqual([]);
  expect(n2.members.evictions()).toEqual([{ user: 'anna', epoch: 2 }]);
  await environment.evictions.committed;
  expect(n2.members.evictions()).toEqual([]);
});

test('a claim over an epoch that is no longer the latest is refused', async () => {
  const [n1, n2, n3] = nodes;
  await n1.claim(n1.process());
  await n2.claim(n2.process(), { epoch: 1, by: 'force' });
  expect(await n3.claim(n3.process(), { epoch: 1, by: 'force' })).toMatchObject({ type: 'claim-refused', epoch: 2 });
});

test('what a dead node owned is free: its OS process is gone, or a later start took its place, or it left', async () => {
  const [n1, n2, n3] = nodes;
  await n1.claim(n1.process());
  const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(gone, 'exit');
  const member = JSON.parse(environment.members.get('n1') as string) as object;
  await environment.members.put('n1', JSON.stringify({ ...member, osPid: gone.pid }));
  expect(n2.members.list().map(({ name }) => name)).toEqual(['n2', 'n3']);
  expect(await n2.claim(n2.process())).toMatchObject({ type: 'claimed', epoch: 2, forced: false });
  await n2.members.announce({ name: 'n2', creation: 2, host: '', port: 0, meshPort: 0, state: 'ready' });
  expect(await n3.claim(n3.process())).toMatchObject({ type: 'claimed', epoch: 3, forced: false });
  await n3.members.leave();
  expect(await n1.claim(n1.process())).toMatchObject({ type: 'claimed', epoch: 4, forced: false });
});

test('an epoch is never given twice, even if the user was released in between', async () => {
  const [n1, n2] = nodes;
  await n1.claim(n1.process());
  n1.registry.release({ user: 'anna', epoch: 1 });
  expect(await n1.claim(n1.process())).toMatchObject({ type: 'claimed', epoch: 2 });
  n1.registry.release({ user: 'anna', epoch: 1 });
  expect(await n2.claim(n2.process())).toMatchObject({ type: 'claim-refused', epoch: 2 });
});

test('of simultaneous claims one wins each epoch, and nobody else’s writes are made', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ node: fc.nat({ max: 2 }), write: fc.boolean() }), { minLength: 2, maxLength: 12 }),
      async (steps) => {
        await environment.registry.remove('anna');
        await environment.mailboxes.clearAsync();
        const claims = steps.map(({ node }) => {
          const claimant = (nodes[node] as Node).process();
          return { node: nodes[node] as Node, claimant };
        });
        const won = await Promise.all(
          claims.map(async ({ node, claimant }) => {
            const answer = await node.claim(claimant);
            return answer.type === 'claimed' ? (answer.epoch as number) : null;
          }),
        );
        const epochs = won.filter((epoch) => epoch !== null);
        expect(new Set(epochs).size).toBe(epochs.length);
        const last = Math.max(...epochs);
        for (const [index, { node, claimant }] of claims.entries()) {
          const epoch = won[index];
          if (epoch === null || epoch === undefined) continue;
          node.store.append({ user: 'anna', epoch }, epoch, Buffer.from('x'), claimant);
          expect((await node.answer(claimant)).type).toBe(epoch === last ? 'stored' : 'fenced');
        }
      },
    ),
    { numRuns: 20 },
  );
});
