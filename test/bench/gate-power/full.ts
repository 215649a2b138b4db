/**
 * Whole gates, from end to end by the command: what a pipeline would have seen, and how long it would have waited. The baseline is a git
 * revision; the candidate is the same project with a comment more, or with a server that was made slower. Resumable.
 */
import { execFileSync, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Comparison, comparisonSchema } from '../../../harness/evidence/result/comparison.ts';
import { type Arm, plantedFor } from './arms.ts';
import { withCandidate } from './candidate.ts';
import { appendLine, readLines } from './lines.ts';
import { readRecording } from './recording.ts';

const FILE = 'full.ndjson';
const LAUNCHER = fileURLToPath(new URL('../../../harness/front/cli/letitcrash.js', import.meta.url));
const GATES = 12;
/** In turns: a change that changes nothing, and one that costs 10% more CPU a message. */
const KINDS: readonly Arm[] = ["A'", 'cpu+10%'];

export interface FullGate {
  readonly gate: number;
  readonly arm: Arm;
  readonly at: string;
  /** The baseline. */
  readonly commit: string;
  readonly wallMs: number;
  readonly code: number | null;
  readonly verdict: Comparison['verdict'];
  readonly valid: boolean;
  /** Played, and of these no evidence. */
  readonly blocks: number;
  readonly invalidBlocks: number;
  readonly regressed: readonly string[];
  readonly detectable: Readonly<Record<string, number | null>>;
}

export function readFull(): FullGate[] {
  return readLines(FILE) as FullGate[];
}

/** Plays the gates that are missing, one after another. */
export async function full(signal: AbortSignal): Promise<void> {
  const pilot = readRecording().sessions[0]?.pilot;
  if (pilot === undefined) throw new Error('record first: the effects to plant are measured there');
  const done = new Set(readFull().map(({ gate }) => gate));
  for (let gate = 0; gate < GATES; gate++) {
    if (done.has(gate)) continue;
    signal.throwIfAborted();
    const arm = KINDS[gate % KINDS.length] as Arm;
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
    const result = await withCandidate(commit, plantedFor(arm, pilot), signal, (folder) => playGate(commit, folder, gate));
    appendLine(FILE, { gate, arm, ...result });
    console.log(`gate ${gate + 1} of ${GATES}, ${arm}: ${result.verdict} in ${Math.round(result.wallMs / 1_000)} s`);
  }
}

async function playGate(commit: string, candidate: string, gate: number): Promise<Omit<FullGate, 'gate' | 'arm'>> {
  const out = join('runs', `bench-gate-power-full-${process.pid}`);
  const at = new Date().toISOString();
  const began = performance.now();
  const sides = ['--baseline', commit, '--candidate', candidate];
  const args = [LAUNCHER, 'gate', ...sides, '--seed', String(gate), '--json', '--quiet', '--out', out];
  const { code, stdout } = await new Promise<{ code: number | null; stdout: string }>((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (ended) => resolve({ code: ended, stdout: Buffer.concat(chunks).toString() }));
  });
  const wallMs = Math.round(performance.now() - began);
  rmSync(out, { recursive: true, force: true });
  if (code === 130) throw new DOMException('interrupted by whoever interrupted this', 'AbortError');
  const comparison = comparisonSchema.parse(JSON.parse(stdout));
  return {
    at,
    commit,
    wallMs,
    code,
    verdict: comparison.verdict,
    valid: comparison.valid,
    blocks: comparison.blocks.length,
    invalidBlocks: comparison.blocks.filter(({ invalid }) => invalid.length > 0).length,
    regressed: comparison.metrics.flatMap(({ name, role, verdict }) =>
      role === 'blocking' && verdict === 'regressed' ? [name] : [],
    ),
    detectable: Object.fromEntries(comparison.metrics.map(({ name, detectable }) => [name, detectable])),
  };
}
