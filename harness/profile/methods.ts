/** The ways to profile, by name. */
import { ToolError } from '../cache/tool-error.ts';
import type { ProfileKind } from '../result/profile.ts';
import { cpu } from './cpu.ts';
import { heap } from './heap.ts';
import type { ProfileMethod } from './method.ts';

/** What is made ready before a run, since it may take long; cut short by the signal. */
export interface Preparing {
  readonly signal: AbortSignal;
  readonly progress: (message: string) => void;
}

/** @throws ToolError when a package that it needs cannot be had. */
export async function profileMethod(kind: ProfileKind, _preparing: Preparing): Promise<ProfileMethod> {
  switch (kind) {
    case 'cpu':
      return cpu;
    case 'heap':
      return heap;
    default:
      throw new ToolError(`${kind} is not there yet`);
  }
}
