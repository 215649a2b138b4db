/**
 * All benchmarks, one after another: ratios against a peer measured in the same run. `npm run bench -- relay` runs one of them.
 * `npm run bench -- exploration` and `npm run bench -- gate-power [step...]` take hours, `npm run bench -- measuring [step...]` minutes; they
 * resume where they were interrupted, and are only run when asked for.
 */
import { clusterCostBench } from './cluster-cost/main.ts';
import { explorationBench } from './exploration/main.ts';
import { gatePowerBench } from './gate-power/main.ts';
import { generatorBench } from './generator/main.ts';
import { mailboxBench } from './mailbox/main.ts';
import { measuringBench } from './measuring/main.ts';
import { meshBench } from './mesh/main.ts';
import { nodeStartBench } from './node-start/main.ts';
import { relayBench } from './relay/main.ts';
import { runtimeBench } from './runtime/main.ts';

const benches: Readonly<Record<string, () => Promise<void>>> = {
  relay: relayBench,
  generator: generatorBench,
  runtime: runtimeBench,
  mesh: meshBench,
  'node-start': nodeStartBench,
  'cluster-cost': clusterCostBench,
  mailbox: mailboxBench,
  exploration: explorationBench,
};
const onlyWhenAsked = ['exploration'];
const asked = process.argv.slice(2);
if (asked[0] === 'gate-power') {
  await gatePowerBench(asked.slice(1));
  process.exit();
}
if (asked[0] === 'measuring') {
  await measuringBench(asked.slice(1));
  process.exit();
}
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(
    `no benchmark ${unknown.join(', ')}; there are ${[...Object.keys(benches), 'gate-power', 'measuring'].join(', ')}`,
  );
  process.exit(2);
}
for (const [name, bench] of Object.entries(benches))
  if (asked.length === 0 ? !onlyWhenAsked.includes(name) : asked.includes(name)) await bench();
