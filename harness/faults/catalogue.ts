/** The fault kinds that a schedule may name. */
import { bandwidth } from './bandwidth.ts';
import { clockJump } from './clock-jump.ts';
import { cpuPressure } from './cpu-pressure.ts';
import { crashLoop } from './crash-loop.ts';
import { diskFull } from './disk-full.ts';
import { type SealedFaultKind, seal } from './fault.ts';
import { halfOpen } from './half-open.ts';
import { joinNode } from './join-node.ts';
import { killNode } from './kill-node.ts';
import { killProcess } from './kill-process.ts';
import { killSupervisor } from './kill-supervisor.ts';
import { latency } from './latency.ts';
import { memoryPressure } from './memory-pressure.ts';
import { nodeNeverReturns } from './node-never-returns.ts';
import { packetLoss } from './packet-loss.ts';
import { partition } from './partition.ts';
import { pauseNode } from './pause-node.ts';
import { reconnectStorm } from './reconnect-storm.ts';
import { resetConnections } from './reset-connections.ts';
import { rollingRestart } from './rolling-restart.ts';
import { runawayProcess } from './runaway-process.ts';
import { slowConsumer } from './slow-consumer.ts';
import { slowDisk } from './slow-disk.ts';
import { upgrade } from './upgrade.ts';

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
