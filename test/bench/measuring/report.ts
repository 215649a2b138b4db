/** The page of this bench, from its data alone: README.md, which a test holds to the data. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hodgesLehmann, signFlipInterval } from '../../../harness/evidence/stats/hodges-lehmann.ts';
import { quantileOfSorted } from '../../../harness/evidence/stats/quantile.ts';
import { type Arm, LOOKING_ON, WHAT } from './arms.ts';
import { VALUES } from './play.ts';
import { logRatios, type RecordedBlock, type RecordedRun, readRecorded, wholeBlocks } from './recording.ts';

export const PAGE = fileURLToPath(new URL('./README.md', import.meta.url));
const CONFIDENCE = 0.95;

export function writeReport(): void {
  writeFileSync(PAGE, reportOf(readRecorded()));
  console.log(readFileSync(PAGE, 'utf8'));
}

export function reportOf(runs: readonly RecordedRun[]): string {
  const settings = [...new Set(runs.map(({ setting }) => setting))];
  return `${[...HEAD, ...(settings.length === 0 ? ['Not recorded yet.', ''] : settings.flatMap((setting) => part(runs, setting))), ...TAIL].join('\n')}\n`;
}

const HEAD = [
  '# What looking on costs',
  '',
  'Made by `npm run bench -- measuring` from the files in `data/`; not written by hand.',
  '',
  'The same load with somebody looking on and with nobody, in blocks: every way to look on once in an order drawn by chance, and then',
  "backwards, each time with a fresh server. Each figure is the ratio to nobody, Hodges and Lehmann's estimate over the blocks with the exact",
  'sign-flip interval of 95%; an interval around 0% shows no cost. `server` is the CPU of the nodes for one message, `workers` that of the load',
  'generator, `conductor` that of the process that conducts the run, serves and pushes; the others are times.',
  '',
];

const TAIL = [
  '## How it is made',
  '',
  '    npm run bench -- measuring            half an hour on a quiet machine; goes on where it was interrupted',
  '    npm run bench -- measuring report     this page from the data',
  '    npm run bench -- measuring smoke      one block: whether it works at all',
  '',
  'Whoever is told (a Prometheus, a collector, a browser) is one process beside the run, whose own CPU is counted nowhere, but has to be had.',
];

function part(runs: readonly RecordedRun[], setting: string): string[] {
  const blocks = wholeBlocks(runs, setting);
  return [
    `## ${blocks.length} blocks: ${setting}`,
    '',
    ...table(
      ['looking on', ...VALUES],
      [
        ['nobody (medians)', ...VALUES.map((value) => plainMedian(blocks, value))],
        ...LOOKING_ON.map((arm) => [WHAT[arm], ...VALUES.map((value) => ratio(blocks, arm, value))]),
      ],
    ),
    '',
  ];
}

function plainMedian(blocks: readonly RecordedBlock[], value: (typeof VALUES)[number]): string {
  const plain = blocks.flatMap(({ runs }) =>
    runs.filter(({ arm }) => arm === 'plain').flatMap(({ values }) => values[value] ?? []),
  );
  return plain.length === 0 ? '–' : `${quantileOfSorted(Float64Array.from(plain).sort(), 0.5).toPrecision(3)} µs`;
}

function ratio(blocks: readonly RecordedBlock[], arm: Arm, value: (typeof VALUES)[number]): string {
  const ratios = logRatios(blocks, arm, value).filter((each) => each !== null);
  if (ratios.length === 0) return '–';
  const { low, high } = signFlipInterval(ratios, CONFIDENCE);
  const interval = Number.isFinite(low) && Number.isFinite(high) ? `${percent(low)} to ${percent(high)}` : 'too few blocks';
  return `${percent(hodgesLehmann(ratios))} (${interval})`;
}

function percent(log: number): string {
  const share = Math.expm1(log) * 100;
  return `${share > 0 ? '+' : ''}${Number(share.toPrecision(3))}%`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)];
}
