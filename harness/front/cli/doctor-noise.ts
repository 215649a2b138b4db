/** `letitcrash doctor --noise`: plays the same server against itself, and says how many blocks and minutes a margin needs here. */
import { InvalidArgumentError } from 'commander';
import { thisMachine } from '../../evidence/measure/environment.ts';
import { machineFingerprint } from '../../evidence/measure/fingerprint.ts';
import { formatMs, formatNumber, formatShare, plural } from '../../evidence/result/format.ts';
import { parseShare } from '../../plan/scenario/units.ts';
import { ExitCode } from '../library/exit-codes.ts';
import { MAX_BLOCKS, measureNoise, type Noise, type NoisePilot } from '../library/noise.ts';
import type { Console } from './console.ts';
import { attempted } from './interruption.ts';
import { isLive, ProgressLine } from './progress-line.ts';

const MOST_MARGIN = 1;
const PLAIN_EVERY_MS = 15_000;

export interface NoiseOptions {
  readonly scenario: string;
  /** A share; null keeps each metric's own margin. */
  readonly margin: number | null;
  readonly blocks: number;
}

/** Parses the option `--margin`. @throws InvalidArgumentError. */
export function parseMargin(text: string): number {
  const parsed = parseShare(text);
  if (!parsed.ok) throw new InvalidArgumentError(`It ${parsed.message}.`);
  if (!(parsed.value > 0 && parsed.value <= MOST_MARGIN))
    throw new InvalidArgumentError('It must be a share above 0% and up to 100%, like 5%.');
  return parsed.value;
}

export async function doctorNoise({ scenario: given, margin, blocks }: NoiseOptions, console: Console): Promise<ExitCode> {
  const { set, seed: wanted, quiet } = console.options;
  const line = new ProgressLine(process.stderr, isLive(), PLAIN_EVERY_MS);
  const measured = await attempted(console, {}, (signal) =>
    measureNoise(given, {
      ...{ set, seed: wanted, margin, blocks, signal },
      onRun: ({ valid, run, letter }) => {
        if (quiet) return;
        const fields = [
          { text: `${valid} of ${plural(blocks, 'block')}`, rank: 0 },
          { text: `run ${run} of 4: ${letter}`, rank: 1 },
          { text: 'the same server', rank: 2 },
        ];
        line.status('noise', fields, performance.now());
      },
      onInvalid: ([reason]) => {
        if (!quiet) line.say(`invalid  a block is played again: ${reason ?? ''}`);
      },
    }).finally(() => line.clear()),
  );
  if (typeof measured === 'number') return measured;
  const { scenario, seed, noise, pilot, enough } = measured;
  if (enough) console.print(noiseText(noise, pilot));
  else {
    const why = pilot.invalid[0]?.invalid[0] ?? '';
    console.complain(
      `only ${pilot.valid.length} of ${plural(blocks, 'block')} ${pilot.valid.length === 1 ? 'was' : 'were'} valid: ${why}\n  try again when nothing else runs on this machine`,
    );
  }
  console.document({
    schema: 'letitcrash.noise/1',
    valid: enough,
    fingerprint: machineFingerprint(thisMachine()),
    scenario,
    seed,
    blocks: { valid: pilot.valid.length, invalid: pilot.invalid.map(({ invalid }) => invalid) },
    blockMs: pilot.blockMs,
    margin,
    needed: { blocks: noise.blocks, minutes: noise.minutes, atMost: MAX_BLOCKS },
    metrics: noise.metrics,
  });
  return enough ? ExitCode.pass : ExitCode.invalid;
}

function noiseText({ metrics, blocks, minutes }: Noise, { valid, invalid, blockMs }: NoisePilot): string {
  const width = Math.max(...metrics.map(({ name }) => name.length));
  const row = (cells: readonly string[]): string =>
    `  ${cells.map((cell, at) => cell.padEnd([width, 20, 7, 18, 18][at] ?? 0)).join('  ')}`.trimEnd();
  const rows = metrics.map(({ name, role, deviation, deviationHigh, margin, find, clear }) => {
    if (deviation === null || deviationHigh === null) return row([name, 'not measured']);
    const spread = `${formatShare(deviation)} (to ${formatShare(deviationHigh)})`;
    return `${row([name, spread, formatShare(margin), needs(find, blockMs), needs(clear, blockMs)])}${role === 'advisory' ? '  advisory' : ''}`;
  });
  const conclusion =
    blocks === null
      ? `More than ${MAX_BLOCKS} blocks for one of these metrics: choose wider margins, a longer load, or a quieter machine.`
      : `To answer both questions for every blocking metric, a comparison needs ${plural(blocks, 'block')}: ${plural(Math.ceil(minutes ?? 0), 'minute')} on this machine.`;
  return [
    `The same server against itself, ${plural(valid.length, 'block')} of ${formatMs(blockMs)} (${invalid.length} more ${invalid.length === 1 ? 'was' : 'were'} invalid).`,
    '',
    row(['metric', 'deviation of a block', 'margin', 'to find twice it', 'to rule it out']),
    ...rows,
    '',
    conclusion,
    'The number in brackets is the upper bound of the deviation in nine cases of ten: a few blocks give an impression, not a proof.',
  ].join('\n');
}

function needs(blocks: number | null, blockMs: number): string {
  return blocks === null
    ? `over ${MAX_BLOCKS} blocks`
    : `${plural(blocks, 'block')}, ${formatNumber((blocks * blockMs) / 60_000)} min`;
}
