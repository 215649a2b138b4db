/**
 * Finds what to observe: the control planes and the token for them.
 *
 * In: a URL, whose token is in the environment or in a file, or the folder of a current run, where the target left `data/control.json` for
 * its owner. A token is never an argument, because every user of the machine can read arguments.
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { systemErrorWords } from '../../evidence/result/system-error.ts';
import { ToldError } from '../../evidence/result/told-error.ts';
import { JournalError, readJournal } from '../../run/arena/journal-file.ts';
import type { ProcessIdentity } from '../../run/arena/process-identity.ts';

/** The control file exists only while the run goes on. */
const GOING_ON = 'give the URL of a control plane, or the folder of a current run';

export const TOKEN_VARIABLE = 'LETITCRASH_CONTROL_TOKEN';

export interface Whom {
  readonly nodes: readonly { readonly name: string; readonly url: string }[];
  readonly token: string;
  /** The run is in an arena, so its nodes answer only there. Null if they answer here. */
  readonly arena: ProcessIdentity | null;
}

/** What is wrong with the question, in words for the user. */
export class WhomError extends ToldError {
  override readonly name = 'WhomError';
  override readonly blames = 'request';
}

const controlFile = z.object({
  token: z.string().min(1),
  nodes: z.array(z.object({ name: z.string(), url: z.url() })).min(1),
});

/**
 * @param given a URL, a run folder, or a control file
 * @param owned hosts other than this machine are allowed
 * @throws WhomError
 */
export async function whomToObserve(
  given: string,
  { tokenFile, environmentToken, owned }: { tokenFile: string | null; environmentToken: string | undefined; owned: boolean },
): Promise<Whom> {
  const whom = /^https?:/.test(given)
    ? { nodes: [{ name: given, url: given }], token: await tokenFrom(tokenFile, environmentToken), arena: null }
    : await fromFolder(given);
  for (const { url } of whom.nodes) {
    if (!owned && !isLoopback(url))
      throw new WhomError(`${url}: is not on this machine\n  --owned says that it is yours and may be queried`);
  }
  return whom;
}

async function tokenFrom(file: string | null, fromEnvironment: string | undefined): Promise<string> {
  const token = file === null ? fromEnvironment : await readOr(file, 'the token file');
  if (token === undefined || token.trim() === '')
    throw new WhomError(`there is no token\n  set ${TOKEN_VARIABLE}, or name a file that holds it: --token-file FILE`);
  return token.trim();
}

async function fromFolder(given: string): Promise<Whom> {
  const arena = given.endsWith('.json') ? null : arenaOf(given);
  const inFolder = given.endsWith('.json') ? given : join(given, 'data', 'control.json');
  // A disk may be mounted on the data folder, which is visible only in the arena.
  const path = arena === null ? inFolder : `/proc/${arena.pid}/root${resolve(inFolder)}`;
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw new WhomError(`${path}: does not hold JSON\n  ${GOING_ON}`);
    throw new WhomError(`${path}: ${systemErrorWords(error)}\n  ${GOING_ON}`);
  }
  const parsed = controlFile.safeParse(content);
  if (!parsed.success) throw new WhomError(`${path}: is not a control file\n  ${GOING_ON}`);
  return { ...parsed.data, arena };
}

/** The run's own journal says whether it is in an arena. */
function arenaOf(folder: string): ProcessIdentity | null {
  try {
    const head = readJournal(folder)?.head;
    return head?.arena === true ? head.harness : null;
  } catch (error) {
    if (error instanceof JournalError) return null;
    throw error;
  }
}

async function readOr(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new WhomError(`${what} ${path}: ${systemErrorWords(error)}\n  a file that this user may read`);
  }
}

function isLoopback(url: string): boolean {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null) throw new WhomError(`${url}: is not a URL\n  give http://127.0.0.1:PORT, or the folder of a current run`);
  const { hostname } = parsed;
  return /^127(\.\d{1,3}){3}$/.test(hostname) || hostname === '[::1]' || hostname === 'localhost';
}
