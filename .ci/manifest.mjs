// What is published differs from the checkout. Before packing, `clean` removes what an earlier build left, so that no file of a module that
// is gone is published, and `publish` writes the published package.json: without the pinned Node and what only development needs, asking for a
// Node that can run the compiled package, and exporting its compiled form. It also writes the JSON Schemas that editors read, beside the
// code. `restore` puts the checkout's package.json back.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Outside of everything that is packed. */
const KEPT = '.cache/package.checkout.json';
const SCHEMAS = ['scenario', 'policy'];

switch (process.argv[2]) {
  case 'clean':
    rmSync('dist', { recursive: true, force: true });
    break;
  case 'publish':
    publish();
    break;
  case 'restore':
    if (existsSync(KEPT)) renameSync(KEPT, 'package.json');
}

function publish() {
  // A packing that was interrupted left the published one in its place.
  const text = readFileSync(existsSync(KEPT) ? KEPT : 'package.json', 'utf8');
  const { optionalDependencies, devDependencies, overrides, scripts, ...manifest } = JSON.parse(text);
  mkdirSync('.cache', { recursive: true });
  writeFileSync(KEPT, text);
  const exports = Object.fromEntries(Object.entries(manifest.exports).map(([name, file]) => [name, compiled(file)]));
  const published = { ...manifest, exports, engines: { node: '>=24' }, scripts: { postpack: scripts.postpack } };
  writeFileSync('package.json', `${JSON.stringify(published, null, 2)}\n`);
  // The compiler copies the checkout's manifest beside the code that reads its name and version.
  const { name, version, type } = manifest;
  writeFileSync('dist/package.json', `${JSON.stringify({ name, version, type }, null, 2)}\n`);
  mkdirSync('dist/schemas', { recursive: true });
  for (const schema of SCHEMAS) {
    const document = execFileSync(process.execPath, ['harness/front/cli/letitcrash.js', 'schema', schema]);
    writeFileSync(`dist/schemas/${schema}.json`, document);
  }
}

/** `./harness/front/library/index.ts` as tsc leaves it, with its types. */
function compiled(file) {
  if (!file.endsWith('.ts')) return file;
  const base = file.replace(/^\.\//, './dist/').replace(/\.ts$/, '');
  return { types: `${base}.d.ts`, default: `${base}.js` };
}
