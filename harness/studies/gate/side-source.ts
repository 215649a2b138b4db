/** Turns what `--baseline` or `--candidate` names into a folder that can be run. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { thisMachine } from '../../evidence/measure/environment.ts';
import { machineFingerprint } from '../../evidence/measure/fingerprint.ts';
import { installPackage } from '../../run/tools/package-install.ts';
import { type Building, type BuiltSource, checkOut, findCommit, SOURCES } from './checkout.ts';
import { GateError } from './gate-error.ts';
import { figuresAt, refuseFigures } from './old-figures.ts';
import { readSource, type WrittenSource } from './source-text.ts';

/** A folder is used as it is: it belongs to the user, and nothing is installed or built in it. @throws GateError, ToolError */
export async function buildSource(written: string, building: Building): Promise<BuiltSource> {
  const source = await namedSource(written, building.cwd);
  switch (source.kind) {
    case 'revision':
      return checkOut(source.revision, building);
    case 'package':
      return packageSource(source, building);
    case 'folder':
      return folderSource(source.path, resolve(building.cwd, source.path));
  }
}

/**
 * Why nothing can be built from what was written, as far as that is known before anything is built or fetched; null if nothing is known.
 * @throws ToolError if git cannot be run.
 */
export async function refusedSource(written: string, looking: Pick<Building, 'cwd' | 'signal'>): Promise<string | null> {
  try {
    const source = await namedSource(written, looking.cwd);
    if (source.kind === 'revision') await findCommit(source.revision, looking);
    if (source.kind === 'folder') await folderSource(source.path, resolve(looking.cwd, source.path));
    return null;
  } catch (error) {
    if (error instanceof GateError && error.blames === 'request') return error.message;
    throw error;
  }
}

/** @throws GateError for what names no source, or a file. */
async function namedSource(written: string, cwd: string): Promise<Exclude<WrittenSource, { kind: 'file' }>> {
  const place = resolve(cwd, written);
  const facts = await stat(place).catch(() => null);
  const source = readSource(written, facts === null ? 'nothing' : facts.isDirectory() ? 'folder' : 'file');
  if (source === null) throw new GateError('request', `${JSON.stringify(written)}: does not name a source\n  ${SOURCES}`);
  if (source.kind === 'file') throw await refuseFigures(place, machineFingerprint(thisMachine()));
  return source;
}

async function packageSource(wanted: { name: string; version: string }, building: Building): Promise<BuiltSource> {
  const { name, version, root } = await installPackage(wanted, building);
  return { label: `package ${name}@${version}`, root, isRevision: false };
}

async function folderSource(written: string, root: string): Promise<BuiltSource> {
  if (!existsSync(root)) throw new GateError('request', `${written}: there is no such folder\n  ${SOURCES}`);
  const figures = existsSync(join(root, 'package.json')) ? null : await figuresAt(root);
  if (figures !== null) throw await refuseFigures(figures, machineFingerprint(thisMachine()));
  return { label: `folder ${written}`, root, isRevision: false };
}
