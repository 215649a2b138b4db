/** The CPU profile as a page of clinic flame; the .cpuprofile and its stacks as well. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CpuProfile } from './call-tree.ts';
import { type Clinic, clinicPage } from './clinic.ts';
import { cpuRecording, writeCpu } from './cpu.ts';
import { flameTicks } from './flame-ticks.ts';
import type { ProfileMethod, Written } from './method.ts';

export function flame(clinic: Clinic): ProfileMethod {
  return {
    kind: 'flame',
    prepare: (inspector) => cpuRecording(inspector, (profile, folder, node) => writeFlame(clinic, profile, folder, node)),
  };
}

async function writeFlame(clinic: Clinic, profile: CpuProfile, folder: string, node: string): Promise<Written> {
  const page = `${node}.flame.html`;
  await clinicPage(clinic, node, join(folder, page), async (prefix) => {
    await mkdir(dirname(prefix));
    const system = { mainDirectory: process.cwd(), pathSeparator: '/', nodeVersions: process.versions };
    await writeFile(`${prefix}systeminfo`, JSON.stringify(system));
    await writeFile(`${prefix}inlinedfunctions`, '{}');
    await writeFile(`${prefix}samples`, JSON.stringify(flameTicks(profile)));
  });
  const written = await writeCpu(profile, folder, node);
  return { ...written, files: [{ path: page, opensWith: 'a browser (clinic flame)' }, ...written.files] };
}
