// Properties of the chat server over scenarios that nobody thought of.
import fc from 'fast-check';
import { plan } from 'letitcrash';
import { scenarios } from 'letitcrash/fast-check';
import { arenaTest } from 'letitcrash/vitest';
import { expect, test } from 'vitest';
import { target } from './chat-target.ts';

const use = new URL('./chat-target.ts', import.meta.url).href;
const drawn = scenarios({ target: { use, durability: 'memory' }, suffers: target, maxFaults: 0, maxUsers: 20, durationMs: 500 });
const standing = arenaTest({ use, durability: 'memory' });

test('everything that is drawn is a scenario', async () => {
  await fc.assert(fc.asyncProperty(drawn, async (scenario) => (await plan(scenario)).users >= 2));
});

standing('without faults nothing is lost, whatever the load', async ({ arena }) => {
  const property = fc.asyncProperty(drawn, async (scenario) => {
    const { result } = await arena.run(scenario, { set: ['load.churn=0/s'] });
    // Nothing acknowledged proves nothing: such a load is passed over.
    fc.pre((result.delivery?.acked ?? 0) > 0);
    expect(result).toLoseNoMessages();
  });
  await fc.assert(property, { numRuns: 3, endOnFailure: true });
});
