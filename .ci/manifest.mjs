// The published manifest differs from the checkout's: it leaves out the pinned Node and what only development needs, and asks for a
// Node that can run the compiled package. `publish` is run before packing, `restore` after.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const KEPT = 'dist/package.checkout.json';

if (process.argv[2] === 'publish') {
  const text = readFileSync('package.json', 'utf8');
  const { optionalDependencies, devDependencies, scripts, ...manifest } = JSON.parse(text);
  writeFileSync(KEPT, text);
  const published = { ...manifest, engines: { node: '>=24' }, scripts: { postpack: scripts.postpack } };
  writeFileSync('package.json', `${JSON.stringify(published, null, 2)}\n`);
} else if (existsSync(KEPT)) {
  renameSync(KEPT, 'package.json');
}
