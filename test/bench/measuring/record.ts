/** Plays blocks until there are enough that are evidence; what was played is kept, so that it can be interrupted at any time. */

import { thisMachine } from '../../../harness/evidence/measure/environment.ts';
import { machineFingerprint } from '../../../harness/evidence/measure/fingerprint.ts';
import { Random } from '../../../harness/evidence/stats/random.ts';
import { ARMS, orderOf } from './arms.ts';
import { OVERRIDES, play, SCENARIO, startOnlooker } from './play.ts';
import { appendRecorded, readRecorded, wholeBlocks } from './recording.ts';

export const BLOCKS = 12;
/** So many times as many at most, where the machine spoils some. */
const PATIENCE = 2;
const SEED = 6;

/** Blocks of another machine, Node or load stay in the file, and are not counted. */
export function settingHere(): string {
  return `${machineFingerprint(thisMachine())}, ${process.version}, ${[SCENARIO, ...OVERRIDES].join(' ')}`;
}

/** A block that was interrupted is begun anew: what was played of it was played at another time. */
export async function record(blocks: number, signal: AbortSignal): Promise<void> {
  const setting = settingHere();
  const onlooker = await startOnlooker();
  try {
    const played = new Set(completed(setting));
    for (let block = 0; block < blocks * PATIENCE; block++) {
      const whole = wholeBlocks(readRecorded(), setting).length;
      if (whole >= blocks) return;
      if (played.has(block)) continue;
      console.log(`block ${block + 1}: ${whole} of ${blocks} are evidence`);
      for (const [place, arm] of orderOf(new Random(SEED, 'order', block)).entries()) {
        signal.throwIfAborted();
        // The runs of a block have the same load, so that only the onlookers differ.
        const run = await play(arm, 1_000 + block, onlooker, signal);
        appendRecorded({ setting, block, place, arm, ...run });
        if (run.invalid !== null) console.log(`  ${arm}: ${run.invalid}`);
      }
    }
  } finally {
    onlooker.child.disconnect();
  }
}

/** Blocks that were played to their last run, evidence or not. */
function completed(setting: string): number[] {
  const runs = readRecorded().filter((each) => each.setting === setting);
  return runs.filter(({ place }) => place === 2 * ARMS.length - 1).map(({ block }) => block);
}
