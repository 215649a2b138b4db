/** CPU: what the node's main thread was doing, sampled by V8 once a millisecond; a .cpuprofile and its stacks. */
import { join } from 'node:path';
import { writeWhole } from '../folder/run-folder.ts';
import { type CpuProfile, cpuTree } from './call-tree.ts';
import { foldedStacks } from './folded-stacks.ts';
import type { Inspector } from './inspector.ts';
import type { NodeRecording, ProfileMethod, Written } from './method.ts';

const SAMPLE_EVERY_US = 1_000;

export const cpu: ProfileMethod = {
  kind: 'cpu',
  prepare: (inspector) => cpuRecording(inspector, writeCpu),
};

/** Records with V8's CPU profiler; `write` makes the files of what it recorded. */
export async function cpuRecording(
  inspector: Inspector,
  write: (profile: CpuProfile, folder: string, node: string) => Promise<Written>,
): Promise<NodeRecording> {
  await inspector.request('Profiler.enable');
  await inspector.request('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_US });
  return {
    discard: () => undefined,
    async begin() {
      await inspector.request('Profiler.start');
    },
    async end() {
      const { profile } = await inspector.request<{ profile: CpuProfile }>('Profiler.stop');
      return { write: (folder, node) => write(profile, folder, node) };
    },
  };
}

/** The .cpuprofile and its stacks. */
export async function writeCpu(profile: CpuProfile, folder: string, node: string): Promise<Written> {
  const path = `${node}.cpuprofile`;
  await writeWhole(join(folder, path), JSON.stringify(profile));
  const stacks = foldedStacks(cpuTree(profile), { unit: 'us', samples: profile.samples.length, root: process.cwd() });
  return { files: [{ path, opensWith: 'Chrome DevTools (Performance), VS Code or speedscope' }], stacks, notes: [] };
}
