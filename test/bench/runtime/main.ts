/**
 * The runtime beside Erlang's, measured in the same run on the same machine: spawn, ring hop, idle process, selective
 * receive, a million processes. Prints one table. Absolute times are this machine's; the ratios are what is claimed.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = import.meta.dirname;
const ROUNDS = 5;
const MANY = 1_000_000;

/** All rounds of a figure, sorted. */
type Figures = Map<string, readonly number[]>;

interface Row {
  readonly figure: string;
  readonly title: string;
  readonly unit: string;
  /** Ours may be at most this part of Erlang's. */
  readonly goal: number;
}

const rows: readonly Row[] = [
  { figure: 'spawn_us', title: 'spawn, until it has run', unit: 'us', goal: 0.5 },
  { figure: 'ring_hop_ns', title: 'hop round a ring of 1,000', unit: 'ns', goal: 0.5 },
  { figure: 'idle_bytes', title: 'idle process', unit: 'bytes', goal: 0.25 },
  { figure: 'used_bytes', title: 'process after a message', unit: 'bytes', goal: 0.25 },
  { figure: 'hibernated_bytes', title: 'hibernated process', unit: 'bytes', goal: 1 },
  { figure: 'selective_us', title: 'selective receive over 100,000', unit: 'us', goal: 1 },
  { figure: 'many_bytes', title: 'idle process, of 1,000,000', unit: 'bytes', goal: 0.25 },
  { figure: 'many_seconds', title: 'spawn 1,000,000', unit: 's', goal: 0.5 },
];

export async function runtimeBench(): Promise<void> {
  const ours = await measureOurs('guarded');
  const unguarded = await measureOurs('unguarded');
  const erlang = await measureErlang(['+S', '1:1']);
  const erlangAll = await measureErlang([]);
  console.log(
    `runtime beside ${erlang?.version ?? 'Erlang (erl and erlc not found: apt-get install erlang-base)'}, medians of ${ROUNDS} rounds`,
  );
  const line = (...cells: string[]): void =>
    console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(34) : cell.padStart(16))).join(''));
  line('', 'letitcrash', 'erl, 1 thread', 'erl, all cores', 'ratio', 'of best rounds', 'goal');
  for (const { figure, title, unit, goal } of rows) {
    const theirs = [erlang?.figures.get(figure), erlangAll?.figures.get(figure)];
    const ratio = ratioToFaster(median, ours.get(figure), theirs);
    line(
      `${title} (${unit})`,
      show(ours.get(figure)),
      ...theirs.map(show),
      erlang === null ? '-' : ratio.toFixed(3),
      erlang === null ? '-' : ratioToFaster(lowest, ours.get(figure), theirs).toFixed(3),
      erlang === null ? `<= ${goal}` : `<= ${goal} ${ratio <= goal ? 'met' : 'MISSED'}`,
    );
  }
  const guard = (figure: string, unit: string): string =>
    `${show(ours.get(figure))} ${unit} with it, ${show(unguarded.get(figure))} without`;
  console.log(
    `the guard against runaways: a turn of the event loop ${guard('turn_us', 'us')}; a hop ${guard('ring_hop_ns', 'ns')}`,
  );
}

async function measureOurs(guard: 'guarded' | 'unguarded'): Promise<Figures> {
  const { stdout } = await run(process.execPath, [
    '--expose-gc',
    '--max-old-space-size=4096',
    join(here, 'measure.ts'),
    String(ROUNDS),
    String(guard === 'guarded' ? MANY : 1000),
    guard,
  ]);
  return figuresOf(stdout);
}

async function measureErlang(flags: readonly string[]): Promise<{ figures: Figures; version: string } | null> {
  const folder = mkdtempSync(join(tmpdir(), 'letitcrash-bench-'));
  try {
    await run('erlc', ['-o', folder, join(here, 'bench.erl')]);
    const args = [
      ...flags,
      '+P',
      '4000000',
      '-noshell',
      '-pa',
      folder,
      '-s',
      'bench',
      'main',
      '-extra',
      String(ROUNDS),
      String(MANY),
    ];
    const { stdout } = await run('erl', args);
    const release = 'io:format("Erlang/OTP ~s", [erlang:system_info(otp_release)]), halt().';
    const version = (await run('erl', ['-noshell', '-eval', release])).stdout;
    return { figures: figuresOf(stdout), version };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Lines of `name value`, repeated a round. */
function figuresOf(output: string): Figures {
  const samples = new Map<string, number[]>();
  for (const line of output.trim().split('\n')) {
    const [name = '', value] = line.split(' ');
    samples.set(name, [...(samples.get(name) ?? []), Number(value)]);
  }
  return new Map([...samples].map(([name, values]) => [name, values.toSorted((a, b) => a - b)]));
}

/**
 * Ours to the faster of the two ways to run Erlang. The goal is held to the medians, which include our garbage collections; the best
 * rounds stand beside them because other programs on the machine only ever add, and may add to one side more than to the other.
 */
function ratioToFaster(
  estimate: (values: readonly number[]) => number,
  ours: readonly number[] | undefined,
  theirs: readonly (readonly number[] | undefined)[],
): number {
  const faster = Math.min(...theirs.map((values) => (values === undefined ? Number.POSITIVE_INFINITY : estimate(values))));
  return ours === undefined ? Number.NaN : estimate(ours) / faster;
}

function median(values: readonly number[]): number {
  return values[values.length >> 1] as number;
}

function lowest(values: readonly number[]): number {
  return values[0] as number;
}

function show(values: readonly number[] | undefined): string {
  if (values === undefined) return '-';
  const value = median(values);
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

if (import.meta.main) await runtimeBench();
