/** A folder for the PATH in which `k6` is the stand-in of test/stand-ins: not k6. */
import { chmod, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const STAND_IN = fileURLToPath(new URL('../../../../stand-ins/k6-stand-in.mjs', import.meta.url));

/** The PATH with it; `said` is what it answers to `k6 version`. */
export async function pathWithStandIn(folder: string, said?: string): Promise<string> {
  const file = join(folder, 'k6');
  const words = [process.execPath, STAND_IN].map((word) => `'${word}'`).join(' ');
  await writeFile(file, `#!/bin/sh\n${said === undefined ? '' : `K6_STAND_IN_VERSION='${said}' `}exec ${words} "$@"\n`);
  await chmod(file, 0o755);
  return [folder, process.env.PATH ?? ''].join(delimiter);
}
