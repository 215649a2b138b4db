/** Plays packet-loss in an arena between two nodes that only have addresses, and writes what came of it as one line of JSON. */
import { enterArena } from '../../../../../harness/run/arena/enter.ts';
import { datagramsArrived } from '../../../../../harness/run/faults/network/loss-probe.ts';
import { nftTables } from '../../../../../harness/run/faults/network/nft.ts';
import type { DeployedNode } from '../../../../../targets/target.ts';
import { SmallCluster } from './small-cluster.ts';

const DATAGRAMS = 1_000;

const entry = await enterArena('needed');
if (entry.kind === 'over') process.exitCode = entry.exitCode;
else if (entry.kind === 'impossible') throw new Error(entry.reason);
else {
  const cluster = await SmallCluster.start([]);
  const at = (node: DeployedNode, host: string): DeployedNode => ({ ...node, endpoint: { ...node.endpoint, host } });
  cluster.nodes = cluster.nodes.slice(0, 2).map((node, index) => at(node, `127.0.1.${index + 1}`));
  // While n1 and n2 lose packets, nobody else does.
  let others = Promise.resolve(0);
  const records = await cluster.play(
    JSON.parse(process.argv[2] ?? '[]').map((settings: object, index: number) => ({
      atMs: 0,
      kind: 'packet-loss',
      forMs: 1 + index,
      settings,
    })),
    ({ what }) => {
      if (what === 'injected') others = datagramsArrived('127.0.1.1', '127.0.1.3', DATAGRAMS);
    },
  );
  const spared = (await others) / DATAGRAMS;
  process.stdout.write(`${JSON.stringify({ records, tables: await nftTables(), spared })}\n`);
  await cluster.stop();
  process.exit(0);
}
