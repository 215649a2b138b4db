/**
 * Joins the modules in script/ into one k6 script: relative imports are removed, those of k6 come first, and the plan replaces the example.
 * In a published package the modules are JavaScript, and so is the script.
 */
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';

/** The ending of this file, and so of the modules beside it: `.ts`, or `.js` if the package was compiled. */
const SCRIPT_ENDING = extname(import.meta.url);

const IMPORT = /^import\s[^;]*?from '([^']+)';\n/gms;
const PLAN = /^export const plan\b[^=]*= \{.*?^\};\n/ms;

/** `names`: modules without their ending, each before those that import it; the exports of the last one are those of the script. */
export async function scriptText(head: string, names: readonly string[], plan: object): Promise<string> {
  const modules = await Promise.all(
    names.map((name) => readFile(new URL(`./script/${name}${SCRIPT_ENDING}`, import.meta.url), 'utf8')),
  );
  return joinedScript(head, modules, plan);
}

/** Pure. Throws if no module, or more than one, has a plan. */
export function joinedScript(head: string, modules: readonly string[], plan: object): string {
  const imports = new Set<string>();
  const bodies = modules.map((text, index) => {
    const body = text.replace(IMPORT, (statement: string, from: string) => {
      if (!from.startsWith('.')) imports.add(statement.trimEnd());
      return '';
    });
    const last = index === modules.length - 1;
    return (last || PLAN.test(body) ? body : body.replace(/^export /gm, '')).trim();
  });
  if (bodies.filter((body) => PLAN.test(`${body}\n`)).length !== 1)
    throw new RangeError('one module of a script must have its plan');
  const written = bodies.map((body) =>
    PLAN.test(`${body}\n`)
      ? `${body}\n`
          .replace(PLAN, (example) => `${example.slice(0, example.indexOf('= {'))}= ${JSON.stringify(plan, null, 2)};\n`)
          .replace(/^export /gm, '')
          .trim()
      : body,
  );
  return `${[head.trimEnd(), [...imports].sort().join('\n'), ...written].join('\n\n')}\n`;
}
