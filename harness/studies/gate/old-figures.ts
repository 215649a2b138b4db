/**
 * Figures of an earlier run, offered as a baseline: always refused, with the differences. A gate compares two servers on one machine in one
 * run; a number from elsewhere, or from another hour, would measure the machine.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprintDifferences, machineFingerprint } from '../../evidence/measure/fingerprint.ts';
import { COMPARISON_SCHEMA, comparisonSchema } from '../../evidence/result/comparison.ts';
import { RESULT_SCHEMA, resultSchema } from '../../evidence/result/result.ts';
import { SOURCES } from './checkout.ts';
import { GateError } from './gate-error.ts';

const DOCUMENTS = ['result.json', 'comparison.json'];
const MAX_BYTES = 64 * 1024 * 1024;

/** The document with the figures at a path: the file itself, or that of a run folder; null if there is none. */
export async function figuresAt(path: string): Promise<string | null> {
  const places = [...DOCUMENTS.map((name) => join(path, name)), path];
  for (const place of places) {
    const facts = await stat(place).catch(() => null);
    if (facts?.isFile() && place.endsWith('.json')) return place;
  }
  return null;
}

/** The refusal of a file as a baseline; `here` is the fingerprint of this machine. */
export async function refuseFigures(file: string, here: string): Promise<GateError> {
  const made = await readFigures(file);
  if (made === null) return new GateError('request', `${file}: is a file, not a server\n  ${SOURCES}`);
  const differences = fingerprintDifferences(made.fingerprint, here);
  const why =
    differences.length === 0
      ? [
          `it was made on a machine like this one, but not now (${made.startedAt}): it includes whatever else the machine was doing then`,
        ]
      : [
          'it was made on another machine:',
          ...differences.map(({ part, one, other }) => `  ${part}: ${one} there, ${other} here`),
        ];
  const text = [
    `${file}: the figures of an earlier ${made.what} cannot be a baseline`,
    ...why,
    'both sides run here in turns: give the server it was made with; or put two finished runs side by side (letitcrash diff)',
    SOURCES,
  ];
  return new GateError('request', text.join('\n  '));
}

interface Figures {
  readonly what: 'run' | 'comparison';
  readonly fingerprint: string;
  readonly startedAt: string;
}

async function readFigures(file: string): Promise<Figures | null> {
  try {
    if ((await stat(file)).size > MAX_BYTES) return null;
    const document: { schema?: unknown } | null = JSON.parse(await readFile(file, 'utf8'));
    if (document?.schema === RESULT_SCHEMA) {
      const { environment, startedAt } = resultSchema.pick({ environment: true, startedAt: true }).parse(document);
      return { what: 'run', fingerprint: machineFingerprint(environment), startedAt };
    }
    if (document?.schema === COMPARISON_SCHEMA) {
      const { environment, startedAt } = comparisonSchema.pick({ environment: true, startedAt: true }).parse(document);
      return { what: 'comparison', fingerprint: environment.fingerprint, startedAt };
    }
    return null;
  } catch {
    return null;
  }
}
