/** Turns a file that k6, autocannon or Artillery wrote into Results: reads it, and fills in what the file does not say. */
import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import { readEnvironment } from '../../evidence/measure/environment.ts';
import { shellWord } from '../../evidence/result/command-line.ts';
import { outsideText } from '../../evidence/result/printable.ts';
import { type Result, resultSchema } from '../../evidence/result/result.ts';
import { systemErrorWords } from '../../evidence/result/system-error.ts';
import { toolName } from '../../evidence/result/tool-name.ts';
import { foreignResult, unknownMachine } from '../../run/conductor/result/foreign-result.ts';
import { k6Run } from '../../run/drivers/k6/k6-run.ts';
import { K6_REMEDY, readK6Summary } from '../../run/drivers/k6/k6-summary.ts';
import { fileText } from '../../run/tools/file-text.ts';
import type { ForeignRun, NotRead } from '../../run/tools/foreign-run.ts';
import { issueText, type JsonDocument, jsonDocuments } from '../../run/tools/json-documents.ts';
import { ARTILLERY_REMEDY, readArtilleryReport } from './artillery-report.ts';
import { artilleryRun } from './artillery-run.ts';
import { AUTOCANNON_REMEDY, readAutocannonOutput } from './autocannon-output.ts';
import { autocannonRun } from './autocannon-run.ts';

export const IMPORT_TOOLS = ['k6', 'autocannon', 'artillery'] as const;
export type ImportTool = (typeof IMPORT_TOOLS)[number];

export interface ImportGiven {
  /** The name of the run: results with one name form one series in a history. By default the name of the file. */
  readonly name?: string | undefined;
  /** The server that was loaded, if the file does not say. */
  readonly target?: string | undefined;
  /** The tool ran on this machine, so the result names this machine. */
  readonly here?: boolean | undefined;
}

/** A summary is small; a file of this size is something else, for example all samples of k6's `--out json`. */
const MAX_BYTES = 16 * 1024 * 1024;

interface Reader {
  readonly remedy: string;
  read(data: unknown): ForeignRun | NotRead;
}

const READERS: Readonly<Record<ImportTool, Reader>> = {
  k6: {
    remedy: K6_REMEDY,
    read: (data) => {
      const summary = readK6Summary(data);
      return 'problem' in summary ? summary : k6Run(summary);
    },
  },
  autocannon: {
    remedy: AUTOCANNON_REMEDY,
    read: (data) => {
      const output = readAutocannonOutput(data);
      return 'problem' in output ? output : autocannonRun(output);
    },
  },
  artillery: {
    remedy: ARTILLERY_REMEDY,
    read: (data) => {
      const report = readArtilleryReport(data);
      return 'problem' in report ? report : artilleryRun(report);
    },
  },
};

/** A Result for each run in the file, in its order and at least one; or what is wrong with the file, in words. */
export async function importOutputFile(tool: ImportTool, file: string, given: ImportGiven): Promise<readonly Result[] | string> {
  let facts: Stats;
  let bytes: Uint8Array;
  try {
    facts = await stat(file);
    // Reading a device may never end, and the file is copied into the run folder.
    if (!facts.isFile()) return `${file}: is ${facts.isDirectory() ? 'a folder' : 'no file'}\n  give the file that ${tool} wrote`;
    if (facts.size > MAX_BYTES) return `${file}: has ${facts.size} bytes\n  a summary has at most ${MAX_BYTES}`;
    bytes = await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'there is no such file' : systemErrorWords(error);
    return `${file}: ${why}\n  give the file that ${tool} wrote`;
  }
  const { remedy, read } = READERS[tool];
  const text = fileText(bytes);
  const documents = text === null ? 'is neither UTF-8 nor UTF-16 text' : jsonDocuments(text);
  if (typeof documents === 'string') return `${file}: ${documents}\n  ${remedy}`;
  const environment =
    given.here === true ? { ...(await readEnvironment(null)), arena: false } : unknownMachine(packageJson.version);
  const results: Result[] = [];
  for (const [index, document] of documents.entries()) {
    const place = documents.length === 1 ? file : `${file}, ${index + 1} of ${documents.length}`;
    const run = read(document.data);
    if ('problem' in run) return `${place}: ${run.problem}\n  ${run.remedy}`;
    const result = resultOf(tool, run, document, { file, given, environment, writtenMs: facts.mtimeMs });
    // Whatever a reader accepted, no run folder may hold something that cannot be read again.
    const checked = resultSchema.safeParse(result);
    if (!checked.success) return `${place}: is not possible: ${issueText(result, checked.error)}\n  ${remedy}`;
    results.push(result);
  }
  return results;
}

interface Circumstances {
  readonly file: string;
  readonly given: ImportGiven;
  readonly environment: Result['environment'];
  /** Of the file. */
  readonly writtenMs: number;
}

function resultOf(
  tool: ImportTool,
  run: ForeignRun,
  { sha256 }: JsonDocument,
  { file, given, environment, writtenMs }: Circumstances,
): Result {
  const name = outsideText(basename(file));
  return foreignResult(run, {
    scenario: { name: given.name ?? nameOf(file), sha256, summary: `Measured by ${toolName(tool)} and imported: ${name}.` },
    // A file that was written when the run was over.
    startedAt: run.startedAt ?? new Date(writtenMs - (run.durationMs ?? 0)).toISOString(),
    target: given.target ?? run.target ?? 'unknown',
    environment,
    reproduce: `letitcrash import ${tool} ${shellWord(file)}`,
    imported: { file: name, sha256 },
  });
}

function nameOf(file: string): string {
  const name = basename(file, extname(file))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'imported' : name.slice(0, 60);
}
