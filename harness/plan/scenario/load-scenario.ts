/**
 * Reads a scenario by name or path: the only I/O of this room.
 *
 * A bare name is a bundled scenario (scenarios/<name>.yaml); anything with a slash or an ending is a file: .yaml, .yml, .json, or a .ts
 * module that exports `scenario`. Errors are returned as problems, never thrown.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { errorText } from '../../evidence/result/printable.ts';
import { commonJsRemedy } from './commonjs-remedy.ts';
import { suggestion } from './did-you-mean.ts';
import type { Problem, ProblemCode } from './problem.ts';
import {
  endlessProblem,
  firstComment,
  MAX_SCENARIO_BYTES,
  parseScenarioText,
  placeInFile,
  type SourceOutcome,
  tooLarge,
  whyEndless,
} from './source.ts';

const TEXT_ENDINGS: readonly string[] = ['.yaml', '.yml', '.json'];
const MODULE_ENDINGS: readonly string[] = ['.ts', '.mts', '.js', '.mjs'];

/** The folder of bundled scenarios: the nearest above this file, in a checkout and in the compiled package alike. */
function bundledFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'scenarios')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'scenarios');
}

/** Names of the bundled scenarios, sorted. */
export async function bundledNames(): Promise<string[]> {
  const files = await readdir(bundledFolder());
  return files
    .filter((file) => extname(file) === '.yaml')
    .map((file) => basename(file, '.yaml'))
    .sort();
}

/** Reads `given` and returns its data with places, or what was wrong: file-missing, file-unreadable, file-too-large, syntax. */
export async function loadScenario(given: string): Promise<SourceOutcome> {
  if (/^[A-Za-z0-9_-]+$/.test(given)) {
    const names = await bundledNames();
    if (names.includes(given)) return readText(given, join(bundledFolder(), `${given}.yaml`));
    const remedy = `${suggestion(given, names, 'bundled scenarios')}; or give a file, like ./${given}.yaml`;
    return refuse('file-missing', given, 'is not a bundled scenario', remedy);
  }
  const ending = extname(given);
  const file = resolve(given);
  // What is not there has no wrong ending.
  if (TEXT_ENDINGS.includes(ending) || !existsSync(file)) return readText(given, file);
  if (MODULE_ENDINGS.includes(ending)) return readModule(given, file);
  return refuse(
    'file-unreadable',
    given,
    ending === '' ? 'has no ending' : `has the ending "${ending}"`,
    `a scenario file ends in ${[...TEXT_ENDINGS, '.ts'].join(', ')}`,
  );
}

function refuse(code: ProblemCode, file: string, message: string, remedy: string): SourceOutcome {
  const problem: Problem = { code, place: placeInFile(file), value: file, message, remedy };
  return { ok: false, problems: [problem] };
}

async function readBytes(given: string, file: string): Promise<Buffer | SourceOutcome> {
  try {
    const facts = await stat(file);
    if (!facts.isFile()) return refuse('file-unreadable', given, 'is not a file', 'give the scenario file itself');
    if (facts.size > MAX_SCENARIO_BYTES) return { ok: false, problems: [tooLarge(given, facts.size)] };
    return await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      const remedy = `bundled scenarios: ${(await bundledNames()).join(', ')}; or the path of a file`;
      return refuse('file-missing', given, 'does not exist', remedy);
    }
    return refuse('file-unreadable', given, `cannot be read (${code ?? String(error)})`, 'give a file that this user may read');
  }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function readText(given: string, file: string): Promise<SourceOutcome> {
  const bytes = await readBytes(given, file);
  if (!Buffer.isBuffer(bytes)) return bytes;
  const shown = given === basename(file, '.yaml') ? `scenarios/${basename(file)}` : given;
  return parseScenarioText({ given, file: shown, sha256: sha256(bytes), text: bytes.toString('utf8') });
}

async function readModule(given: string, file: string): Promise<SourceOutcome> {
  const bytes = await readBytes(given, file);
  if (!Buffer.isBuffer(bytes)) return bytes;
  let exported: { readonly scenario?: unknown };
  try {
    exported = await import(pathToFileURL(file).href);
  } catch (error) {
    return refuse(
      'syntax',
      given,
      `cannot be loaded: ${errorText(error)}`,
      commonJsRemedy(file, error) ?? 'make it a module that runs by itself',
    );
  }
  if (exported.scenario === undefined) return refuse('syntax', given, 'exports no `scenario`', MODULE);
  const endless = whyEndless(exported.scenario);
  if (endless !== null) return { ok: false, problems: [endlessProblem(placeInFile(given, endless.path), endless.why)] };
  const data = plainData(exported.scenario);
  if (data === null)
    return refuse('syntax', given, 'holds a value that JSON cannot express: a bigint, a function or nothing at all', MODULE);
  return {
    ok: true,
    source: {
      given,
      file: given,
      sha256: sha256(bytes),
      summary: firstComment(bytes.toString('utf8').replaceAll(/^\s*(?:\/\/|\/\*\*?|\*\/?)/gm, '#')),
      data,
      locate: (path) => placeInFile(given, path),
    },
  };
}

const MODULE = 'export const scenario: ScenarioInput = { name: ..., users: ..., load: ... }';

/** A scenario needs only JSON's types, and a copy cannot be changed by the caller. Null for a value of any other type. */
function plainData(scenario: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(scenario));
  } catch {
    return null;
  }
}
