/** What the kernel says of an OS process: whether it is stopped (SIGSTOP), by /proc where there is one, by ps elsewhere. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const STOPPED = 'T';

/** True when every thread of it is stopped; false when it runs, or is gone. */
export async function isStopped(osPid: number): Promise<boolean> {
  const states = process.platform === 'linux' ? await threadStates(osPid) : await psState(osPid);
  return states.length > 0 && states.every((state) => state === STOPPED);
}

/** The letter after the command in /proc/<pid>/task/<thread>/stat; the command may hold anything, so count from its last bracket. */
async function threadStates(osPid: number): Promise<readonly string[]> {
  const folder = `/proc/${osPid}/task`;
  const threads = await readdir(folder).catch(() => []);
  const states = await Promise.all(
    threads.map(async (thread) => {
      const text = await readFile(`${folder}/${thread}/stat`, 'utf8').catch(() => '');
      return text.slice(text.lastIndexOf(')') + 2)[0] ?? '';
    }),
  );
  // A thread that ended while its state was read has none.
  return states.filter((state) => state !== '');
}

async function psState(osPid: number): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=', '-p', String(osPid)]).catch(() => ({ stdout: '' }));
  return stdout
    .split('\n')
    .map((line) => line.trim()[0] ?? '')
    .filter((state) => state !== '');
}
