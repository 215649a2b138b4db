/** Reads a policy file: the only I/O of a policy. Mistakes are returned as problems, never thrown. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Problem } from '../../plan/scenario/problem.ts';
import { MAX_SCENARIO_BYTES, parseScenarioText, placeInFile, tooLarge } from '../../plan/scenario/source.ts';
import { type PolicyOutcome, parsePolicy } from './policy.ts';

/** Where `letitcrash init` writes the policy, and where a gate looks for it. */
export const USUAL_POLICY = 'letitcrash/policy.yaml';

/** Problems are file-missing, file-unreadable, file-too-large, syntax, and everything that parsePolicy finds. */
export async function loadPolicy(given: string): Promise<PolicyOutcome> {
  let bytes: Buffer;
  try {
    const facts = await stat(given);
    if (!facts.isFile()) return refuse('file-unreadable', given, 'is not a file', 'give the policy file itself');
    if (facts.size > MAX_SCENARIO_BYTES) return { ok: false, problems: [tooLarge(given, facts.size)] };
    bytes = await readFile(given);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return refuse('file-missing', given, 'does not exist', `the path of a policy file; letitcrash init writes ${USUAL_POLICY}`);
    return refuse('file-unreadable', given, `cannot be read (${code})`, 'give a file that this user may read');
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const read = parseScenarioText({ given, file: given, sha256, text: bytes.toString('utf8') });
  return read.ok ? parsePolicy(read.source) : read;
}

function refuse(code: Problem['code'], given: string, message: string, remedy: string): PolicyOutcome {
  return { ok: false, problems: [{ code, place: placeInFile(given), value: given, message, remedy }] };
}
