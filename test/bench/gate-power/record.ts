/** Records runs, block by block, until there are enough; what is recorded is kept, so that it can be interrupted at any time. */

import { thisMachine } from '../../../harness/evidence/measure/environment.ts';
import { machineFingerprint } from '../../../harness/evidence/measure/fingerprint.ts';
import { Random } from '../../../harness/evidence/stats/random.ts';
import { loadScenario } from '../../../harness/plan/scenario/load-scenario.ts';
import { ARMS, type Arm, EFFECTS, kindOf, orderOf, type Pilot, plantedFor } from './arms.ts';
import { OVERRIDES, play, SCENARIO } from './play.ts';
import { appendRecorded, blocksOf, readRecording, type Session } from './recording.ts';
import { evidenceFor } from './resample.ts';

/** Of each kind; and so many times as many at most, where the machine spoils some. */
const BLOCKS = 48;
const PATIENCE = 2;
const PILOT_RUNS = 6;
const SEED = 4;

/**
 * Plays blocks, with all arms and with A alone in turns, until there are `blocks` of each kind that are evidence for every arm. A block
 * that was interrupted is begun anew: what was played of it then was played at another time.
 */
export async function record(signal: AbortSignal, blocks = BLOCKS): Promise<void> {
  const { sessions } = readRecording();
  const session = await openSession(sessions, signal);
  const whole = new Set(blocksOf(readRecording()).map(({ block }) => block));
  let wallMs = 0;
  let played = 0;
  for (let block = 0; block < 2 * blocks * PATIENCE; block++) {
    if (block >= 2 * blocks && isEnough(blocks)) break;
    if (whole.has(block)) continue;
    const order = orderOf(kindOf(block), new Random(SEED, 'order', block));
    for (const [place, arm] of order.entries()) {
      signal.throwIfAborted();
      const measured = await play(plantedFor(arm, session.pilot), seedOf(block), signal);
      appendRecorded({ kind: 'run', block, place, arm, ...measured });
      wallMs += measured.wallMs;
      played++;
    }
    console.log(`block ${block + 1} of ${2 * blocks}: ${played} runs, ${(wallMs / played / 1_000).toFixed(2)} s each`);
  }
}

/** `blocks` for each effect, and twice as many for A and A', which are in both kinds. */
function isEnough(blocks: number): boolean {
  const whole = blocksOf(readRecording());
  const evidence = (arm: Arm): number => evidenceFor(whole, { kind: 'arm', arm }).valid.length;
  return evidence("A'") >= 2 * blocks && EFFECTS.every((arm) => evidence(arm) >= blocks);
}

/** The runs of a block have the same arrivals and contacts, so that only the server differs. */
function seedOf(block: number): number {
  return 1_000 + block;
}

/** A recording goes on with the effects that it began with; where the machine or the scenario is another one, it cannot go on. */
async function openSession(sessions: readonly Session[], signal: AbortSignal): Promise<Session> {
  const loaded = await loadScenario(SCENARIO);
  if (!loaded.ok) throw new Error(`the scenario ${SCENARIO} cannot be read`);
  const setting = {
    fingerprint: machineFingerprint(thisMachine()),
    scenario: { name: SCENARIO, sha256: loaded.source.sha256, overrides: [...OVERRIDES] },
  };
  const first = sessions[0];
  if (
    first !== undefined &&
    JSON.stringify(setting) !== JSON.stringify({ fingerprint: first.fingerprint, scenario: first.scenario })
  )
    throw new Error('data/recorded.ndjson was begun on another machine or with another scenario; move it away to begin anew');
  const pilot = first?.pilot ?? (await pilotOf(signal));
  const planted = Object.fromEntries(ARMS.map((arm) => [arm, plantedFor(arm, pilot)]));
  const session: Session = {
    kind: 'session',
    startedAt: new Date().toISOString(),
    ...setting,
    node: process.version,
    pilot,
    planted,
  };
  appendRecorded(session);
  return session;
}

/** Medians over some runs of the plain server; the first, which warms the machine, does not count. */
async function pilotOf(signal: AbortSignal): Promise<Pilot & { runs: number }> {
  const cpu: number[] = [];
  const bytes: number[] = [];
  for (let run = 0; run <= PILOT_RUNS; run++) {
    const { values } = await play(null, run, signal);
    const [usPerMessage, perConnection] = [values['cpu.serverPerMessage'], values['memory.heapPerConnection']];
    if (run === 0 || usPerMessage == null || perConnection == null) continue;
    cpu.push(usPerMessage);
    bytes.push(perConnection);
  }
  if (cpu.length === 0) throw new Error('the pilot measured neither CPU nor memory');
  return { runs: cpu.length, cpuUsPerMessage: median(cpu), bytesPerConnection: median(bytes) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
