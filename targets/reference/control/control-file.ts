/**
 * How a permitted user of this machine observes a deployment that another process started: through `control.json` in its data folder, which
 * only its owner can read and which exists while the deployment runs. `letitcrash observe <run folder>` reads it.
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
