#!/usr/bin/env node
// Starts letitcrash. Plain JavaScript that an old Node can read: when the Node at hand is older than the code needs, another takes over with
// the same arguments, streams and exit code. In a checkout npm installed that one beside it. The published package brings none, since a
// package's `node` would become the Node of all its user's scripts; `install-node` fetches one for letitcrash alone.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 24;
/** What `install-node` fetches: the version of package.json's optional dependencies. */
const OWN_NODE = '26.10.0';
const EXIT_USAGE = 2;
const EXIT_ENVIRONMENT = 3;
// A second start on a Node that is still too old would start a third, and so on.
const TAKEN_OVER = 'LETITCRASH_NODE';

const isNewEnough = Number(process.versions.node.split('.')[0]) >= OLDEST_NODE;
const isCheckout = existsSync(new URL('./main.ts', import.meta.url));

if (process.argv[2] === 'install-node') {
  await installNode(process.argv.slice(3));
} else if (isNewEnough) {
  // Stripping types and compiling take longer than most commands; the next start finds both done.
  module.enableCompileCache?.();
  const place = isCheckout ? './main.ts' : '../../../dist/harness/front/cli/main.js';
  const { main } = await import(new URL(place, import.meta.url).href);
  followTheShell();
  await main(process.argv.slice(2));
} else {
  const node = process.env[TAKEN_OVER] === undefined ? (pinnedNode() ?? fetchedNode()) : null;
  if (node === null) {
    const remedies = [
      `use Node ${OLDEST_NODE} or newer`,
      ...(isCheckout ? ['npm ci (without --omit=optional) installs one into this checkout'] : []),
      `npx letitcrash install-node fetches Node ${OWN_NODE} from npm for letitcrash alone (about 60 MB, into ${ownFolder()})`,
    ];
    console.error(
      `letitcrash: needs Node ${OLDEST_NODE} or newer, and this is ${process.versions.node}\n  ${remedies.join('\n  or: ')}`,
    );
    process.exitCode = EXIT_ENVIRONMENT;
  } else {
    takeOver(node);
  }
}

/** npm's packages of Node for this platform: their names follow no single rule. */
function platformPackages() {
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  return platform === 'darwin-arm64' ? [`node-bin-${platform}`, `node-${platform}`] : [`node-${platform}`];
}

function binaryIn(folder) {
  const file = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(file) ? file : null;
}

/** The Node that npm installed beside the checkout, or null. */
function pinnedNode() {
  const require = createRequire(import.meta.url);
  for (const name of platformPackages()) {
    try {
      const file = binaryIn(dirname(require.resolve(`${name}/package.json`)));
      if (file !== null) return file;
    } catch {
      // Not installed under this name.
    }
  }
  return null;
}

/** Where letitcrash keeps its own Node. */
function ownFolder() {
  const { XDG_CACHE_HOME: given } = process.env;
  return join(given !== undefined && isAbsolute(given) ? given : join(homedir(), '.cache'), 'letitcrash', 'node', OWN_NODE);
}

/** The Node that `install-node` fetched, or null. */
function fetchedNode() {
  return binaryIn(join(ownFolder(), 'node_modules', platformPackages()[0]));
}

/** Fetches it with the npm at hand. */
async function installNode(surplus) {
  if (surplus.length > 0) {
    console.error(`letitcrash: install-node takes no arguments, but got ${surplus.join(' ')}\n  npx letitcrash install-node`);
    process.exitCode = EXIT_USAGE;
    return;
  }
  if (isNewEnough || fetchedNode() !== null) {
    const why = isNewEnough
      ? `this is Node ${process.versions.node}, which letitcrash runs on`
      : `${fetchedNode()} exists already`;
    console.log(`nothing to install: ${why}`);
    return;
  }
  const folder = ownFolder();
  const [name] = platformPackages();
  console.log(`fetching ${name}@${OWN_NODE} with npm, into ${folder}`);
  mkdirSync(folder, { recursive: true });
  // This needs its own package.json, or npm would look for one further up.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const code = await runNpm(['install', '--no-audit', '--no-fund', '--no-package-lock', `${name}@${OWN_NODE}`], folder);
  const node = fetchedNode();
  const starts = code === 0 && node !== null && (await ended(spawn(node, ['--version'], { stdio: 'ignore' }))) === 0;
  if (starts) {
    console.log('done: from now on letitcrash runs on it, and nothing else does');
    return;
  }
  rmSync(folder, { recursive: true, force: true });
  const why = code === 0 ? `the Node of ${name} does not start on this system` : `npm install ended with ${code}`;
  console.error(`letitcrash: no Node was installed: ${why}\n  use Node ${OLDEST_NODE} or newer`);
  process.exitCode = EXIT_ENVIRONMENT;
}

/** The npm that started this, else the one on the PATH. */
function runNpm(args, cwd) {
  const script = process.env.npm_execpath;
  const own = script?.endsWith('npm-cli.js') === true;
  const [program, before] = own ? [process.execPath, [script]] : ['npm', []];
  // npx's own idea of its location is not where this should be installed.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_config_local_prefix$|^npm_package|^INIT_CWD$/.test(name)),
  );
  return ended(spawn(program, [...before, ...args], { cwd, env, stdio: 'inherit', shell: !own && process.platform === 'win32' }));
}

/** Resolves to the exit code, or to why there is none. */
function ended(child) {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(code ?? signal));
  });
}

/**
 * Called when an older Node handed over to this process: when that shell is gone, for whatever reason, this process exits in good order.
 */
function followTheShell() {
  // Inside an arena the channel belongs to the launcher.
  if (process.env[TAKEN_OVER] === undefined || process.env.LETITCRASH_ARENA !== undefined || !process.connected) return;
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}

/** Becomes a shell around the other Node: passes on signals, and ends as it ends. */
function takeOver(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    // The channel carries nothing; its end tells the other process that this one is gone.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [TAKEN_OVER]: process.versions.node },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal already sends Ctrl-C to both processes.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    console.error(`letitcrash: cannot start ${node}: ${error.message}\n  remove it, and use Node ${OLDEST_NODE} or newer`);
    process.exitCode = EXIT_ENVIRONMENT;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 1);
  });
}
