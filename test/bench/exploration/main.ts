/**
 * What exploration finds: 200 schedules against the sound server on three nodes with fsync, and a search in each of its mutants.
 *
 * Each piece is one `letitcrash explore` with a folder of its own under runs/bench-exploration; a piece that is done is not played
 * again, so that the whole, which takes hours, can be interrupted and resumed. Remove the folder to begin anew.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ExplorationResult, explorationSchema } from '../../../harness/evidence/result/exploration.ts';

const FOLDER = join('runs', 'bench-exploration');
const LAUNCHER = fileURLToPath(new URL('../../../harness/front/cli/letitcrash.js', import.meta.url));
const NODES = 3;
/** The sound server's schedules, in pieces that are worth resuming at. */
const PIECES = 10;
const SCHEDULES_A_PIECE = 20;
/** A mutant that survives so many is not found. */
const SCHEDULES_A_MUTANT = 200;
const MUTANTS = [
  'ack-before-flush',
  'queue-lost-on-takeover',
  'stale-epoch-delivers',
  'duplicates-after-resume',
  'receipts-before-delivery',
  'registry-entry-survives-its-node',
  'cursor-kept-per-user',
  'release-ignores-the-epoch',
  'dedup-window-of-64',
  'window-cleared-by-any-ack',
  'presence-outlives-its-node',
];

interface Piece {
  readonly name: string;
  readonly seed: number;
  readonly schedules: number;
  readonly set: readonly string[];
}

const sound = Array.from({ length: PIECES }, (_, index): Piece => {
  return { name: `sound-${index + 1}`, seed: 1_000 + index, schedules: SCHEDULES_A_PIECE, set: [] };
});
const mutants = MUTANTS.map((mutant, index): Piece => {
  return { name: mutant, seed: 2_000 + index, schedules: SCHEDULES_A_MUTANT, set: [`target.mutant=${mutant}`] };
});

/** Plays what has not been played, one after another, and prints a line for each. */
export async function explorationBench(): Promise<void> {
  for (const piece of [...mutants, ...sound]) {
    const before = resultOf(piece);
    const result = before ?? (await play(piece));
    console.log(result === null ? `${piece.name}: no result; see ${folderOf(piece)}` : lineOf(piece, result));
    if (result === null) process.exitCode = 1;
  }
  const all = sound.flatMap((piece) => resultOf(piece) ?? []);
  const schedules = all.reduce((sum, result) => sum + result.schedules, 0);
  const found = all.reduce((sum, result) => sum + result.found.length, 0);
  console.log(`the sound server: ${schedules} schedules, ${found} violations`);
}

function folderOf({ name }: Piece): string {
  return join(FOLDER, name);
}

/** The result of a piece that was played to its end. */
function resultOf(piece: Piece): ExplorationResult | null {
  try {
    const result = explorationSchema.parse(JSON.parse(readFileSync(join(folderOf(piece), 'exploration.json'), 'utf8')));
    return result.ending === 'found' || result.ending === 'spent' ? result : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function play(piece: Piece): Promise<ExplorationResult | null> {
  const words = ['--target', 'reference', '--nodes', String(NODES), '--schedules', String(piece.schedules)];
  const set = ['target.durability=fsync', ...piece.set].flatMap((override) => ['--set', override]);
  const args = [LAUNCHER, 'explore', ...words, ...set, '--seed', String(piece.seed), '--out', folderOf(piece)];
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('close', resolve);
  });
  // Interrupted by whoever interrupted this.
  if (code === 130) process.exit(code);
  return resultOf(piece);
}

function lineOf({ name }: Piece, { schedules, schedulesPerSecond, found, discounted, durationMs }: ExplorationResult): string {
  const rate = `${schedules} schedules, ${(schedulesPerSecond * 60).toFixed(1)} a minute, ${discounted.length} not counted`;
  const findings = found.map(({ property, minimal, reproduction: { runs, failures } }) => {
    const kinds = minimal.map(({ kind }) => kind).join(' + ');
    return `${property} by ${kinds === '' ? 'the load alone' : kinds} (${minimal.length} faults, ${failures} of ${runs})`;
  });
  return `${name}: ${findings.length === 0 ? 'nothing found' : findings.join('; ')}; ${rate}; ${Math.round(durationMs / 1000)} s`;
}
