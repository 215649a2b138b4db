/**
 * Loads what a user wrote: one export of a file, checked by its shape, since no type checker may have seen it. Errors are reported in words
 * (which file, which export, what is missing and what would be right), never as a stack trace of letitcrash.
 */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commonJsRemedy } from '../scenario/commonjs-remedy.ts';
import type { Fault } from './shape.ts';

export type Loaded<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly message: string; readonly remedy: string };

export interface Expected {
  /** The name of the export: `target`. */
  readonly name: string;
  /** Its type, for the remedy: `Target`. */
  readonly type: string;
  /** Where the type is imported from: `letitcrash/target`. */
  readonly from: string;
  /** What is wrong with the export; empty if nothing is. */
  check(value: unknown): readonly Fault[];
}

/** Loads the export of `file`, an absolute path, as the given type; never throws. */
export async function loadOwn<Value>(file: string, expected: Expected): Promise<Loaded<Value>> {
  const { name, type, from } = expected;
  const remedy = `export const ${name}: ${type} = ..., with the type from '${from}'; letitcrash init writes one that runs`;
  const refuse = (message: string, how = remedy): Loaded<Value> => ({ ok: false, message, remedy: how });
  const isFile = await stat(file).then(
    (facts) => facts.isFile(),
    () => false,
  );
  if (!isFile) return refuse(`is not a file: ${file}`, 'a path relative to the scenario file, like ./my-target.ts');
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    const why = error instanceof Error ? `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}` : String(error);
    const isMissing = (error as NodeJS.ErrnoException | null)?.code === 'ERR_MODULE_NOT_FOUND';
    const how = isMissing ? 'install what it imports; for its types and helpers: npm install --save-dev letitcrash' : null;
    return refuse(
      `cannot be loaded: ${why}`,
      how ?? commonJsRemedy(file, error) ?? `make it a module that runs by itself: node ${file}`,
    );
  }
  const value = module[name];
  if (value === undefined) {
    const others = Object.keys(module).sort();
    return refuse(`exports no \`${name}\`; ${others.length === 0 ? 'it exports nothing' : `it exports ${others.join(', ')}`}`);
  }
  const faults = expected.check(value);
  if (faults.length === 0) return { ok: true, value: value as Value };
  const [first] = faults as [Fault];
  const words = faults.map(({ member, is }) => `${name}.${member} is ${is}`);
  return refuse(`is not a ${type}: ${words.join('; ')}`, `${basename(file)}: ${name}.${first.member} must be ${first.shouldBe}`);
}
