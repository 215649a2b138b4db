/** The user's own k6, from the PATH: whether it exists and is new enough. letitcrash does not bring one. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { RunError } from '../../../contracts/run-error.ts';

export const K6 = 'k6';
/** k6/websockets is stable since then. */
const LEAST = [1, 6] as const;
const GET_IT = 'install k6 1.6 or newer, https://grafana.com/docs/k6/latest/set-up/install-k6/, and put it on the PATH';
const LIMIT_MS = 20_000;

/** Its version. @throws RunError if there is none, or an older one. */
export async function requireK6(): Promise<string> {
  const said = await promisify(execFile)(K6, ['version'], { timeout: LIMIT_MS }).then(
    ({ stdout }) => stdout,
    (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'there is no k6 on the PATH' : `k6 version failed: ${error.message}`;
      throw new RunError('machine-lacks', `load.driver k6: ${why}\n  ${GET_IT}`);
    },
  );
  const [version, major, minor] = /(?<=v)(\d+)\.(\d+)\.[^\s,]+/.exec(said) ?? [];
  if (version === undefined)
    throw new RunError('machine-lacks', `load.driver k6: k6 version said ${JSON.stringify(said.slice(0, 100))}\n  ${GET_IT}`);
  const newer = Number(major) - LEAST[0] || Number(minor) - LEAST[1];
  if (newer < 0) throw new RunError('machine-lacks', `load.driver k6: k6 is ${version}\n  ${GET_IT}`);
  return version;
}
