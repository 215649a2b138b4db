/** The profiling methods, by name. */
import type { ProfileKind } from '../../evidence/result/profile.ts';
import { installClinic } from './clinic.ts';
import { cpu } from './cpu.ts';
import { flame } from './flame.ts';
import { heap } from './heap.ts';
import { BUBBLEPROF, DOCTOR, injected } from './injected.ts';
import type { Preparing, ProfileMethod } from './method.ts';

/** @throws ToolError if a package that it needs cannot be installed. */
export async function profileMethod(kind: ProfileKind, preparing: Preparing): Promise<ProfileMethod> {
  switch (kind) {
    case 'cpu':
      return cpu;
    case 'heap':
      return heap;
    case 'flame':
      return flame(await installClinic('flame', preparing));
    case 'doctor':
      return injected(await installClinic('doctor', preparing), DOCTOR);
    case 'bubbleprof':
      return injected(await installClinic('bubbleprof', preparing), BUBBLEPROF);
  }
}
