/** Why a user's valid module may not load: the project around it declares CommonJS, as `npm init -y` does. Pure. */
import { basename, extname } from 'node:path';

/** What V8 reports about `import` and `export` in a file that it reads as CommonJS. */
const ES_MODULE_IN_COMMONJS =
  /^Cannot use import statement outside a module|^Unexpected token 'export'|^Cannot use 'import\.meta' outside a module/;

/** The remedy, if that is the reason; otherwise null. */
export function commonJsRemedy(file: string, error: unknown): string | null {
  const ending = extname(file);
  if (!(error instanceof SyntaxError) || !ES_MODULE_IN_COMMONJS.test(error.message) || !/^\.[tj]s$/.test(ending)) return null;
  const renamed = `${basename(file, ending)}.m${ending.slice(1)}`;
  return `package.json says "type": "commonjs", so Node treats ${ending} files as CommonJS: rename this one to ${renamed}, or set "type": "module"`;
}
