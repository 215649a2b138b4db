/** From a file that k6 or autocannon wrote to a Result: reads it, and fills in what the file does not tell. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { readEnvironment } from '../measure/environment.ts';
import type { Result } from '../result/result.ts';
import { shellWord } from '../run/shell-word.ts';
import { readAutocannon } from './autocannon-run.ts';
import { foreignResult, unknownMachine } from './foreign-result.ts';
import type { ForeignRun, NotRead } from './foreign-run.ts';
import { k6Run } from './k6-run.ts';
import { readK6Summary } from './k6-summary.ts';

export const IMPORT_TOOLS = ['k6', 'autocannon'] as const;
export type ImportTool = (typeof IMPORT_TOOLS)[number];

export interface ImportGiven {
  /** What the run is called: results of one name are one series in a history. The file's name without. */
  readonly name?: string;
  /** What was loaded, where the file does not say. */
  readonly target?: string;
  /** The tool ran on this machine, so that the result says which it was. */
  readonly here?: boolean;
}

/** A summary is small; a file of this size is something else: all samples of k6's `--out json`, say. */
const MAX_BYTES = 16 * 1024 * 1024;

const READERS: Readonly<Record<ImportTool, (text: string) => ForeignRun | NotRead>> = {
  k6: (text) => {
    const summary = readK6Summary(text);
    return 'problem' in summary ? summary : k6Run(summary);
  },
  autocannon: readAutocannon,
};

/** The Result, or what is wrong with the file, in words. */
export async function importOutputFile(tool: ImportTool, file: string, given: ImportGiven): Promise<Result | string> {
  let facts: { readonly size: number; readonly mtimeMs: number };
  let text: string;
  try {
    facts = await stat(file);
    if (facts.size > MAX_BYTES) return `${file}: has ${facts.size} bytes\n  a summary has at most ${MAX_BYTES}`;
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'is a folder' : String(error);
    return `${file}: ${why}\n  give the file that ${tool} wrote`;
  }
  const run = READERS[tool](text);
  if ('problem' in run) return `${file}: ${run.problem}\n  ${run.remedy}`;
  const name = given.name ?? nameOf(file);
  return foreignResult(run, {
    scenario: {
      name,
      sha256: createHash('sha256').update(text).digest('hex'),
      summary: `Measured by ${tool} and imported: ${basename(file)}.`,
    },
    // A file that was written when the run was over.
    startedAt: run.startedAt ?? new Date(facts.mtimeMs - run.durationMs).toISOString(),
    target: given.target ?? run.target ?? 'unknown',
    environment: given.here === true ? { ...(await readEnvironment(null)), arena: false } : unknownMachine(packageJson.version),
    reproduce: `letitcrash import ${tool} ${shellWord(file)}`,
  });
}

function nameOf(file: string): string {
  const name = basename(file, extname(file))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'imported' : name.slice(0, 60);
}
