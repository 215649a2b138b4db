/**
 * Heap: where the node allocated, sampled by V8 at an interval of bytes; a .heapprofile and its stacks. It includes what was collected
 * since, because garbage is what a load costs the collector.
 */
import { join } from 'node:path';
import { writeWhole } from '../folder/run-folder.ts';
import { type HeapProfile, heapTree } from './call-tree.ts';
import { foldedStacks } from './folded-stacks.ts';
import type { ProfileMethod } from './method.ts';

/** V8's own default. */
const SAMPLE_EVERY_BYTES = 32 * 1024;

export const heap: ProfileMethod = {
  kind: 'heap',
  async prepare(inspector) {
    await inspector.request('HeapProfiler.enable');
    return {
      discard: () => undefined,
      async begin() {
        await inspector.request('HeapProfiler.startSampling', {
          samplingInterval: SAMPLE_EVERY_BYTES,
          includeObjectsCollectedByMajorGC: true,
          includeObjectsCollectedByMinorGC: true,
        });
      },
      async end() {
        const { profile } = await inspector.request<{ profile: HeapProfile }>('HeapProfiler.stopSampling');
        return {
          async write(folder, node) {
            const path = `${node}.heapprofile`;
            await writeWhole(join(folder, path), JSON.stringify(profile));
            const samples = profile.samples.length;
            const stacks = foldedStacks(heapTree(profile), { unit: 'bytes', samples, root: process.cwd() });
            return { files: [{ path, opensWith: 'Chrome DevTools (Memory) or VS Code' }], stacks, notes: [] };
          },
        };
      },
    };
  },
};
