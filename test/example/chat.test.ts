// What we promise of the chat server, as tests. npm test
import { arenaTest } from 'letitcrash/vitest';
import { expect } from 'vitest';

const test = arenaTest({ use: new URL('./chat-target.ts', import.meta.url).href, durability: 'memory' });

test('a conversation loses nothing', async ({ arena }) => {
  const outcome = await arena.run({ name: 'conversation', users: 150, load: { rate: '300/s', duration: '4s' } });
  expect(outcome).toLoseNoMessages();
  expect(outcome).toMeet({ 'delivery.misdelivered': '= 0', 'delivery.reordered': '= 0', errors: '< 1%' });
  expect(outcome).toUseAtMostPerConnection('200KB');
});

test('people whose connections are reset are back within seconds', async ({ arena }) => {
  const outcome = await arena.drill({ kind: 'reset-connections', count: 20 }, { set: ['limits.lag=20s'] });
  expect(outcome).toMeet({ 'recovery.reconnected': '< 20s' });
});

// Not what we want, but what is so: see README.md. The day this test fails, the server has learnt to keep its promises.
test('a killed server forgets messages that it had acknowledged', async ({ arena }) => {
  const outcome = await arena.drill(
    { kind: 'kill-node', for: '500ms' },
    { rate: '400/s', set: ['load.offline=20%', 'load.away=2s'] },
  );
  expect(outcome).not.toLoseNoMessages();
});
