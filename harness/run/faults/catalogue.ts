/** The fault kinds that a schedule may name. */

import { type SealedFaultKind, seal } from './fault.ts';
import { halfOpen } from './kinds/client/half-open.ts';
import { reconnectStorm } from './kinds/client/reconnect-storm.ts';
import { resetConnections } from './kinds/client/reset-connections.ts';
import { slowConsumer } from './kinds/client/slow-consumer.ts';
import { clockJump } from './kinds/machine/clock-jump.ts';
import { cpuPressure } from './kinds/machine/cpu-pressure.ts';
import { diskFull } from './kinds/machine/disk-full.ts';
import { memoryPressure } from './kinds/machine/memory-pressure.ts';
import { slowDisk } from './kinds/machine/slow-disk.ts';
import { bandwidth } from './kinds/network/bandwidth.ts';
import { latency } from './kinds/network/latency.ts';
import { packetLoss } from './kinds/network/packet-loss.ts';
import { partition } from './kinds/network/partition.ts';
import { joinNode } from './kinds/node/join-node.ts';
import { killNode } from './kinds/node/kill-node.ts';
import { nodeNeverReturns } from './kinds/node/node-never-returns.ts';
import { pauseNode } from './kinds/node/pause-node.ts';
import { rollingRestart } from './kinds/node/rolling-restart.ts';
import { upgrade } from './kinds/node/upgrade.ts';
import { crashLoop } from './kinds/process/crash-loop.ts';
import { killProcess } from './kinds/process/kill-process.ts';
import { killSupervisor } from './kinds/process/kill-supervisor.ts';
import { runawayProcess } from './kinds/process/runaway-process.ts';

const KINDS: readonly SealedFaultKind[] = [
  seal(killProcess),
  seal(killSupervisor),
  seal(runawayProcess),
  seal(crashLoop),
  seal(upgrade),
  seal(killNode),
  seal(nodeNeverReturns),
  seal(pauseNode),
  seal(rollingRestart),
  seal(joinNode),
  seal(partition),
  seal(latency),
  seal(bandwidth),
  seal(cpuPressure),
  seal(memoryPressure),
  seal(diskFull),
  seal(slowDisk),
  seal(clockJump),
  seal(packetLoss),
  seal(resetConnections),
  seal(halfOpen),
  seal(reconnectStorm),
  seal(slowConsumer),
];

export const faultKinds: ReadonlyMap<string, SealedFaultKind> = new Map(KINDS.map((kind) => [kind.kind, kind]));
