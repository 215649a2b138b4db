// The published manifest differs from the checkout's: it leaves out the pinned Node and what only development needs, and asks for a
// Node that can run the compiled package; what it exports is the compiled form. `publish` is run before packing, `restore` after.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const KEPT = 'dist/package.checkout.json';

if (process.argv[2] === 'publish') {
  const text = readFileSync('package.json', 'utf8');
  const { optionalDependencies, devDependencies, scripts, ...manifest } = JSON.parse(text);
  writeFileSync(KEPT, text);
  const exports = Object.fromEntries(Object.entries(manifest.exports).map(([name, file]) => [name, compiled(file)]));
  const published = { ...manifest, exports, engines: { node: '>=24' }, scripts: { postpack: scripts.postpack } };
  writeFileSync('package.json', `${JSON.stringify(published, null, 2)}\n`);
} else if (existsSync(KEPT)) {
  renameSync(KEPT, 'package.json');
}

/** `./harness/library/index.ts` as tsc leaves it, with its types. */
function compiled(file) {
  if (!file.endsWith('.ts')) return file;
  const base = file.replace(/^\.\//, './dist/').replace(/\.ts$/, '');
  return { types: `${base}.d.ts`, default: `${base}.js` };
}
