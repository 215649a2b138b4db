/**
 * How somebody on this machine who is allowed to can look into a deployment that another process started: `control.json` in
 * its data folder, readable by its owner only, there as long as the deployment runs. `letitcrash observe <run folder>` reads it.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'control.json';
const OWNER_ONLY = 0o600;

export interface ControlFile {
  readonly token: string;
  readonly nodes: readonly { readonly name: string; readonly url: string }[];
}

export function writeControlFile(dataDir: string, content: ControlFile): void {
  // An existing file would keep the mode it has.
  removeControlFile(dataDir);
  writeFileSync(join(dataDir, NAME), `${JSON.stringify(content)}\n`, { mode: OWNER_ONLY, flag: 'wx' });
}

export function removeControlFile(dataDir: string): void {
  rmSync(join(dataDir, NAME), { force: true });
}
