/**
 * All benchmarks, one after another: ratios against a peer measured in the same run. `npm run bench -- relay` runs one of them.
 * `npm run bench -- exploration` takes hours, resumes where it was interrupted, and is only run when asked for.
 */
import { explorationBench } from './exploration/main.ts';
import { generatorBench } from './generator/main.ts';
import { meshBench } from './mesh/main.ts';
import { relayBench } from './relay/main.ts';
import { runtimeBench } from './runtime/main.ts';

const benches: Readonly<Record<string, () => Promise<void>>> = {
  relay: relayBench,
  generator: generatorBench,
  runtime: runtimeBench,
  mesh: meshBench,
  exploration: explorationBench,
};
const onlyWhenAsked = ['exploration'];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
for (const [name, bench] of Object.entries(benches))
  if (asked.length === 0 ? !onlyWhenAsked.includes(name) : asked.includes(name)) await bench();
