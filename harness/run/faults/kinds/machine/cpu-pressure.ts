/**
 * cpu-pressure: processes beside the nodes that ask for a share of a number of cores. What they get is up to the kernel; that they ask for
 * it all the time is verified by the kernel's accounts: time run plus time spent waiting for a core.
 */

import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { plural } from '../../../../evidence/result/format.ts';
import { share } from '../../../../plan/scenario/units.ts';
import type { FaultKind, Injection, Verification } from '../../fault.ts';
import { OwnedChild, startAll } from '../../machine/owned-child.ts';
import { written } from '../../written.ts';

const shareOfCore = share({ min: 0.05, max: 1, words: '5% to 100%' });

const settings = z.strictObject({
  cores: z
    .number()
    .int()
    .positive()
    .max(1024)
    .default(availableParallelism())
    .meta({ description: 'how many cores to use: all by default' }),
  share: written(shareOfCore).default('100%').meta({ description: 'share of each core, 5% to 100%' }),
});
type Settings = z.infer<typeof settings>;

interface Handle {
  readonly cores: number;
  readonly share: number;
  readonly spinners: readonly OwnedChild[];
}

const MEASURED_MS = 500;
/** Of what was asked: a timer that fires late takes from the rest of its period. */
const ENOUGH = 0.7;

/** Microseconds that a process ran, and that it could have run but for others. */
interface CpuAccount {
  readonly atUs: number;
  readonly ranUs: number;
  readonly waitedUs: number;
}

export const cpuPressure: FaultKind<Settings, Handle> = {
  kind: 'cpu-pressure',
  summary: 'processes beside the nodes compete for the processor',
  requires: ['procfs'],
  heals: 'the processes are ended after `for`',
  duration: 'optional',
  settings,

  async inject({ cores, share: given }, context) {
    const wanted = shareOfCore.parse(given);
    const start = () => OwnedChild.start('spinner', [String(wanted)], context.journal);
    const spinners = await startAll(Array.from({ length: cores }, () => start));
    const injectedAtUs = context.nowUs();
    return { target: plural(cores, 'core'), injectedAtUs, affected: 'everybody', handle: { cores, share: wanted, spinners } };
  },

  async verify({ handle }: Injection<Handle>): Promise<Verification> {
    const before = await accounts(handle.spinners);
    await delay(MEASURED_MS);
    const after = await accounts(handle.spinners);
    const spans = before.flatMap((from, index) => {
      const to = after[index];
      return from === null || to === null || to === undefined ? [] : [between(from, to)];
    });
    const total = (part: 'ran' | 'wanted'): number => spans.reduce((sum, span) => sum + span[part], 0);
    const asked = handle.cores * handle.share;
    return {
      verified: spans.length === handle.cores && total('wanted') >= asked * ENOUGH,
      evidence: [
        `asked for ${asked.toFixed(2)} cores' worth; ${spans.length} processes asked for ${total('wanted').toFixed(2)} and got ${total('ran').toFixed(2)} over ${MEASURED_MS} ms`,
      ],
    };
  },

  async undo({ handle }: Injection<Handle>): Promise<Verification> {
    const gone = (await Promise.all(handle.spinners.map((spinner) => spinner.end()))).filter(Boolean).length;
    return {
      verified: gone === handle.spinners.length,
      evidence: [`${gone} of ${handle.spinners.length} processes no longer exist`],
    };
  },
};

function accounts(spinners: readonly OwnedChild[]): Promise<(CpuAccount | null)[]> {
  return Promise.all(spinners.map(({ identity }) => account(identity.pid)));
}

/** /proc/<pid>/schedstat: nanoseconds on a core, nanoseconds in a run queue, and how often. Null when the process is gone. */
async function account(osPid: number): Promise<CpuAccount | null> {
  const text = await readFile(`/proc/${osPid}/schedstat`, 'utf8').catch(() => null);
  if (text === null) return null;
  const [ran = 0, waited = 0] = text.trim().split(' ').map(Number);
  return { atUs: performance.now() * 1000, ranUs: ran / 1000, waitedUs: waited / 1000 };
}

/** Cores, as a mean over the span. */
function between(from: CpuAccount, to: CpuAccount): { readonly ran: number; readonly wanted: number } {
  const spanUs = to.atUs - from.atUs;
  const ran = (to.ranUs - from.ranUs) / spanUs;
  return { ran, wanted: ran + (to.waitedUs - from.waitedUs) / spanUs };
}
