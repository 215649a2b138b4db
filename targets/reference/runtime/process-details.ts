import { members, size } from './compact-set.ts';
import type { Pid } from './pid.ts';
import type { Process } from './process.ts';

/** What the outside may know of a process: process_info. */
export interface ProcessDetails {
  readonly pid: Pid;
  readonly name: string | null;
  readonly behaviour: string;
  readonly version: string | number | null;
  readonly status: 'waiting' | 'runnable' | 'running' | 'suspended';
  readonly messageQueueLength: number;
  /** Messages handled so far. */
  readonly reductions: number;
  /** Estimate of what the runtime itself keeps for it, without its state and messages. */
  readonly memoryBytes: number;
  readonly trapExit: boolean;
  readonly parent: Pid | null;
  readonly links: readonly Pid[];
  readonly monitors: number;
  readonly monitoredBy: number;
}

/** By the numbers of process.ts. */
const STATUS_NAMES = ['waiting', 'runnable', 'running', 'suspended'] as const;

/** Size of the process object on a 64-bit engine without pointer compression: header and one word a field. */
const PROCESS_BYTES = 176;
const MESSAGE_QUEUE_BYTES = 88;
const SET_MEMBER_BYTES = 40;

export function detailsOf(process: Process): ProcessDetails {
  const { messageQueue, links, monitors, watchers, status } = process;
  const sets = [size(links), size(monitors), size(watchers)].reduce((sum, count) => sum + (count > 1 ? count : 0), 0);
  return {
    pid: process,
    name: process.name,
    behaviour: process.behaviour.name,
    version: process.behaviour.version ?? null,
    status: STATUS_NAMES[status] ?? 'waiting',
    messageQueueLength: messageQueue === null ? 0 : messageQueue.length,
    reductions: process.reductions,
    memoryBytes:
      PROCESS_BYTES + (messageQueue === null ? 0 : MESSAGE_QUEUE_BYTES + messageQueue.capacity * 8) + sets * SET_MEMBER_BYTES,
    trapExit: process.trapExit,
    parent: process.parent,
    links: members(links),
    monitors: size(monitors),
    monitoredBy: size(watchers),
  };
}
