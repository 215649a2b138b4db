/** Three nodes that only listen, the network between them, and a schedule played on it. */

import type { FaultPlan } from '../../../../../harness/plan/scenario/plan.ts';
import type { FaultContext } from '../../../../../harness/run/faults/fault.ts';
import { type FaultEvent, type FaultRecord, playSchedule } from '../../../../../harness/run/faults/interpreter.ts';
import { Network, type PathKind } from '../../../../../harness/run/faults/network/network.ts';
import type { DeployedNode } from '../../../../../targets/target.ts';
import { deploymentNumber } from '../../../../targets/deployment-spec.ts';
import { until } from '../../../../until.ts';
import { faultContext, onlyNodes, randomOf } from '../fault-context.ts';
import { dial, type End, Listener } from './sockets.ts';

export class SmallCluster {
  readonly mesh: readonly Listener[];
  readonly gateways: readonly Listener[];
  readonly network: Network;
  nodes: readonly DeployedNode[];
  readonly events: FaultEvent[] = [];

  static async start(kinds: readonly PathKind[] = ['mesh', 'clients']): Promise<SmallCluster> {
    const mesh = await Promise.all([1, 2, 3].map(() => Listener.listen()));
    const gateways = await Promise.all([1, 2, 3].map(() => Listener.listen()));
    // Gateways say hello: a user that dials hears something.
    for (const gateway of gateways) gateway.greeting = 'hello';
    const nodes = mesh.map(
      (listener, index) =>
        ({
          name: `n${index + 1}`,
          state: 'ready',
          meshEndpoint: listener.target,
          endpoint: { ...(gateways[index] as Listener).target, path: '/' },
        }) as DeployedNode,
    );
    const options = {
      deployment: deploymentNumber(),
      nodes: nodes.map(({ name }) => name),
      paths: new Set(kinds),
      ownAddresses: false,
    };
    return new SmallCluster(mesh, gateways, nodes, await Network.start(options, () => nodes));
  }

  private constructor(
    mesh: readonly Listener[],
    gateways: readonly Listener[],
    nodes: readonly DeployedNode[],
    network: Network,
  ) {
    this.mesh = mesh;
    this.gateways = gateways;
    this.nodes = nodes;
    this.network = network;
  }

  contextOf(plan: FaultPlan): FaultContext {
    return faultContext(onlyNodes(this.nodes), { random: randomOf(plan), network: this.network });
  }

  /** Plays these steps to their end; `onEvent` may look at the network in between. */
  async play(
    faults: readonly Omit<FaultPlan, 'id'>[],
    onEvent: (event: FaultEvent) => void = () => {},
  ): Promise<readonly FaultRecord[]> {
    const schedule = playSchedule({
      faults: faults.map((fault, index) => ({ ...fault, id: `${fault.kind}-${index + 1}` })),
      startsInMs: 0,
      contextOf: (plan) => this.contextOf(plan),
      signal: new AbortController().signal,
      onEvent: (event) => {
        this.events.push(event);
        onEvent(event);
      },
    });
    await schedule.done;
    return schedule.records;
  }

  /** A mesh connection as nodes make it: the smaller name dials, through the proxy. */
  async connect(from: string, to: string): Promise<{ from: End; to: End }> {
    const [dialler, listener] = from < to ? [from, to] : [to, from];
    const address = this.network.via(dialler, listener);
    if (address === null) throw new Error(`no proxy for ${from} and ${to}`);
    const index = Number(listener.slice(1)) - 1;
    const peer = this.mesh[index] as Listener;
    const before = peer.ends.length;
    const near = await dial(address);
    near.socket.write('>');
    const far = await peer.end(before);
    await until(() => far.text === '>', 'the connection to stand');
    return dialler === from ? { from: near, to: far } : { from: far, to: near };
  }

  async stop(): Promise<void> {
    await this.network.close();
    await Promise.all([...this.mesh, ...this.gateways].map((listener) => listener.close()));
  }
}
