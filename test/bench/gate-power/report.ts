/** The page of this bench, from its data alone: README.md, which a test holds to the data. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { wilsonInterval } from '../../../harness/evidence/stats/wilson.ts';
import { blockDeviation } from '../../../harness/studies/compare/block-deviation.ts';
import { DEFAULT_BLOCKS } from '../../../harness/studies/compare/looks.ts';
import { type Arm, EFFECTS } from './arms.ts';
import { type FullGate, readFull } from './full.ts';
import { BLOCKING, LOOKS, sumOf, type Tally } from './gate-outcome.ts';
import { type NoiseModel, noiseModels } from './noise.ts';
import { blocksOf, type Recording, readRecording } from './recording.ts';
import { evidenceFor, isLong, LONG_BLOCKS, type ResampledLine, readResampled } from './resample.ts';
import { readSimulated, SIMULATED_EFFECTS, type SimulatedPiece } from './simulate.ts';

export const PAGE = fileURLToPath(new URL('./README.md', import.meta.url));
/** Of a worsening that is found; the goal. */
const POWER = 0.9;

export function writeReport(): void {
  writeFileSync(PAGE, reportOf(readSimulated(), readRecording(), readResampled(), readFull()));
  console.log(readFileSync(PAGE, 'utf8'));
}

/** The page. What was not measured yet is said so. */
export function reportOf(
  simulated: readonly SimulatedPiece[],
  recording: Recording,
  resampled: readonly ResampledLine[],
  full: readonly FullGate[],
): string {
  return `${[
    ...heading(),
    ...simulatedPart(simulated),
    ...recordedPart(recording),
    ...resampledPart(resampled),
    ...detectablePart(resampled),
    ...fullPart(full),
    ...howPart(),
  ].join('\n')}\n`;
}

function heading(): string[] {
  const margins = BLOCKING.map(({ metric, margin }) => `\`${metric}\` ${percent(margin)}`).join(', ');
  const looks = LOOKS.map(({ blocks }) => blocks).join(', ');
  const alpha = LOOKS.reduce((sum, look) => sum + look.alpha, 0);
  return [
    '# False alarms and power of a gate',
    '',
    'Made by `npm run bench -- gate-power` from the files in `data/`; not written by hand.',
    '',
    `A gate compares two servers in blocks of four runs (ABBA or BAAB), looks at ${looks} blocks, and calls B regressed when a blocking`,
    `metric is worse by more than its margin: ${margins}. It may do so wrongly in ${percent(alpha)} of all gates, over all metrics and looks`,
    "together. Whether it keeps that, and what it finds, is measured in three ways. Intervals are Wilson's, 95%.",
    '',
  ];
}

function simulatedPart(pieces: readonly SimulatedPiece[]): string[] {
  const lines = ['## Simulated gates', ''];
  if (pieces.length === 0) return [...lines, 'Not simulated yet.', ''];
  const tally = (model: string, effect: string): Tally =>
    sumOf(pieces.filter((piece) => piece.model === model && piece.effect === effect));
  lines.push(
    'The judge of the gate, on noise of a known kind. "Nothing": both sides are the same. "Margin": every blocking metric is worse by exactly',
    'its margin, which is the most that is still allowed, so that each regression found is a false alarm. The others: so much more CPU a',
    'message (margin 3%), the other metrics the same.',
    '',
    `| noise | ${SIMULATED_EFFECTS.map((effect) => (/^\+/.test(effect) ? effect : `${effect}: false alarms`)).join(' | ')} |`,
    `| --- |${SIMULATED_EFFECTS.map(() => ' --- |').join('')}`,
  );
  for (const [model, words] of Object.entries(noiseModels) as [NoiseModel, string][])
    lines.push(`| ${model}: ${words} | ${SIMULATED_EFFECTS.map((effect) => share(tally(model, effect))).join(' | ')} |`);
  const each = Math.min(
    ...Object.keys(noiseModels).flatMap((model) => SIMULATED_EFFECTS.map((effect) => tally(model, effect).gates)),
  );
  return [...lines, '', `Each cell: ${count(each)} gates or more.`, ''];
}

function recordedPart(recording: Recording): string[] {
  const { sessions, runs } = recording;
  const [first] = sessions;
  const lines = ['## Recorded runs', ''];
  if (first === undefined) return [...lines, 'Not recorded yet.', ''];
  const blocks = blocksOf(recording);
  const wall = median(runs.map(({ wallMs }) => wallMs)) / 1_000;
  const gate = (4 * (LOOKS.at(-1)?.blocks ?? 0) * wall) / 60;
  lines.push(
    `${count(runs.length)} real runs of the scenario \`${first.scenario.name}\` (${first.scenario.overrides.join(', ')}) on one machine (${first.fingerprint};`,
    `Node ${first.node}), ${wall.toFixed(1)} s each (median), so that a gate of ${LOOKS.at(-1)?.blocks} blocks of such runs takes ${gate.toFixed(0)} minutes. ${blocks.length} whole blocks; a block is no evidence when its generator was late or`,
    'the machine busy with something else.',
    '',
    `The pilot (${first.pilot.runs} runs) measured ${first.pilot.cpuUsPerMessage.toFixed(1)} µs of CPU a message and ${count(Math.round(first.pilot.bytesPerConnection))} bytes of V8's heap a connection. What is planted follows from it:`,
    '',
    '| compared with A | planted (`target.planted`) | blocks recorded | of them evidence |',
    '| --- | --- | --- | --- |',
  );
  for (const arm of ["A'", ...EFFECTS] as Arm[]) {
    const { valid, recorded } = evidenceFor(blocks, { kind: 'arm', arm });
    lines.push(`| ${arm} | ${plantedText(first.planted[arm] ?? null)} | ${recorded} | ${valid.length} |`);
  }
  lines.push('', "What a block's log ratio spreads by where nothing differs (over the blocks of A and A'):", '');
  lines.push('| metric | deviation of a block |', '| --- | --- |');
  const same = evidenceFor(blocks, { kind: 'arm', arm: "A'" }).valid;
  for (const { metric } of BLOCKING) {
    const deviation = blockDeviation(same, metric);
    lines.push(`| \`${metric}\` | ${deviation === null ? 'not measured' : percent(deviation.deviation)} |`);
  }
  return [...lines, ''];
}

function resampledPart(lines: readonly ResampledLine[]): string[] {
  const latest = latestOf(lines);
  const part = ['## Gates put together from recorded blocks', ''];
  if (latest.length === 0) return [...part, 'Not resampled yet.', ''];
  part.push(
    'Whole blocks, in stretches of neighbours, drawn with replacement. The interval is that of the drawing; how far the recorded blocks',
    'themselves stand for others is as uncertain as their number makes it.',
    '',
    '| B is | at most | blocks to draw from | gates | regressed | equivalent | blocks a gate needed |',
    '| --- | --- | --- | --- | --- | --- | --- |',
  );
  for (const line of latest) {
    if (line.what.kind === 'shift') continue;
    const what = line.what.kind === 'margin' ? "A', every metric worse by exactly its margin" : armText(line.what.arm);
    const { valid, gates, equivalent, blocks } = line;
    part.push(
      `| ${what} | ${isLong(line.what) ? LONG_BLOCKS : DEFAULT_BLOCKS} blocks | ${valid} | ${count(gates)} | ${share(line)} | ${percent(equivalent / gates)} | ${(blocks / gates).toFixed(1)} |`,
    );
  }
  return [...part, ''];
}

function detectablePart(lines: readonly ResampledLine[]): string[] {
  const shifts = latestOf(lines).flatMap(({ what, gates, regressed }) =>
    what.kind === 'shift' ? [{ ...what, power: regressed / gates }] : [],
  );
  if (shifts.length === 0) return [];
  const sizes = [...new Set(shifts.map(({ share: size }) => size))].sort((a, b) => a - b);
  const part = [
    '## What can be found',
    '',
    "The recorded values of A', made worse by a share in one metric: how many gates call it regressed, and from which of these sizes on nine",
    'in ten do.',
    '',
    `| metric | margin | ${sizes.map((size) => `+${percent(size)}`).join(' | ')} | found from |`,
    `| --- | --- |${sizes.map(() => ' --- |').join('')} --- |`,
  ];
  for (const { metric, margin } of BLOCKING) {
    const own = shifts.filter((shift) => shift.metric === metric);
    const power = (size: number): number | null => own.find((shift) => shift.share === size)?.power ?? null;
    const found = sizes.find((size) => (power(size) ?? 0) >= POWER);
    const cells = sizes.map((size) => {
      const at = power(size);
      return at === null ? '' : percent(at);
    });
    part.push(
      `| \`${metric}\` | ${percent(margin)} | ${cells.join(' | ')} | ${found === undefined ? `more than +${percent(sizes.at(-1) ?? 0)}` : `+${percent(found)}`} |`,
    );
  }
  return [...part, ''];
}

function fullPart(gates: readonly FullGate[]): string[] {
  const part = ['## Whole gates', ''];
  if (gates.length === 0) return [...part, 'Not played yet.', ''];
  part.push(
    '`letitcrash gate`, from end to end: the baseline a git revision, the candidate the same project with one line of comment more, or with a',
    'server whose source burns 10% more CPU a message.',
    '',
    '| B is | gates | regressed | equivalent | inconclusive | not valid | minutes, median (longest) |',
  );
  part.push('| --- | --- | --- | --- | --- | --- | --- |');
  for (const [arm, own] of Map.groupBy(gates, (gate) => gate.arm)) {
    const ended = (verdict: FullGate['verdict']): number => own.filter((gate) => gate.valid && gate.verdict === verdict).length;
    const minutes = own.map(({ wallMs }) => wallMs / 60_000);
    const cells = [
      own.length,
      ended('regressed'),
      ended('equivalent'),
      ended('inconclusive'),
      own.filter(({ valid }) => !valid).length,
    ];
    part.push(`| ${armText(arm)} | ${cells.join(' | ')} | ${median(minutes).toFixed(1)} (${Math.max(...minutes).toFixed(1)}) |`);
  }
  part.push(
    '',
    '| gate | B is | began | exit code | verdict | regressed metrics | blocks (no evidence) | minutes |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  );
  for (const { gate, arm, at, code, verdict, regressed, blocks, invalidBlocks, wallMs } of gates)
    part.push(
      `| ${gate + 1} | ${armText(arm)} | ${at.slice(0, 16)} | ${code} | ${verdict} | ${regressed.join(', ')} | ${blocks} (${invalidBlocks}) | ${(wallMs / 60_000).toFixed(1)} |`,
    );
  return [...part, ''];
}

function howPart(): string[] {
  return [
    '## How it is made',
    '',
    '    npm run bench -- gate-power simulate | record | resample | full | report',
    '',
    "Each step goes on where it was interrupted. `record` plays blocks of two kinds in turns. One holds the plain server twice (A and A') and",
    'every planted effect, each arm twice, in an order drawn by chance and then backwards: any two arms of it make a block of evidence, whose',
    "runs lie further apart than a gate's, so that the power found is rather too small than too large. The other is A and A' alone, as a gate",
    "plays them. A gate put together from the blocks of A and A' has a coin decide which of them is called A.",
  ];
}

/** Of each thing resampled, what was computed last. */
function latestOf(lines: readonly ResampledLine[]): ResampledLine[] {
  return [...new Map(lines.map((line) => [JSON.stringify(line.what), line])).values()];
}

function armText(arm: Arm): string {
  if (arm === "A'") return 'the same server';
  if (arm === 'stall') return '+1 ms on 1% of messages';
  return arm.startsWith('cpu') ? `${arm.slice(3)} CPU a message` : `${arm.slice(5)} bytes a connection`;
}

function plantedText(planted: Readonly<Record<string, number>> | null): string {
  if (planted === null) return 'nothing';
  return Object.entries(planted)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ');
}

function share({ gates, regressed }: Tally): string {
  if (gates === 0) return '';
  const { low, high } = wilsonInterval(regressed, gates);
  return `${percent(regressed / gates)} (${percent(low)} to ${percent(high)})`;
}

function percent(value: number): string {
  return `${Number((value * 100).toFixed(Math.abs(value) < 0.1 ? 2 : 1))}%`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
