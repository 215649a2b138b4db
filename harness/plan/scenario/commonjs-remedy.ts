/** Why a module of the user's may not load although it is right: the project around it says that it is CommonJS, as `npm init -y` has it. Pure. */
import { basename, extname } from 'node:path';

/** What V8 says of `import` and `export` in what it was told to read as CommonJS. */
const ES_MODULE_IN_COMMONJS =
  /^Cannot use import statement outside a module|^Unexpected token 'export'|^Cannot use 'import\.meta' outside a module/;

/** What to do, where that is why; else null. */
export function commonJsRemedy(file: string, error: unknown): string | null {
  const ending = extname(file);
  if (!(error instanceof SyntaxError) || !ES_MODULE_IN_COMMONJS.test(error.message) || !/^\.[tj]s$/.test(ending)) return null;
  const renamed = `${basename(file, ending)}.m${ending.slice(1)}`;
  return `package.json says "type": "commonjs", so Node takes ${ending} files for CommonJS: call this one ${renamed}, or say "type": "module"`;
}
