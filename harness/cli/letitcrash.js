#!/usr/bin/env node
// Starts letitcrash. Plain JavaScript that an old Node can read: when the Node at hand is older than the code needs, the one that
// npm installed as an optional dependency takes over, with the same arguments, streams and exit code.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 24;
const EXIT_ENVIRONMENT = 3;
// A second start on a Node that is still too old would start a third, and so on.
const TAKEN_OVER = 'LETITCRASH_NODE';

if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) {
  // Stripping types and compiling take longer than most commands; the next start finds both done.
  module.enableCompileCache?.();
  const source = new URL('./main.ts', import.meta.url);
  const compiled = new URL('../../dist/harness/cli/main.js', import.meta.url);
  const { main } = await import((existsSync(source) ? source : compiled).href);
  followTheShell();
  await main(process.argv.slice(2));
} else {
  const node = process.env[TAKEN_OVER] === undefined ? pinnedNode() : null;
  if (node === null) {
    console.error(
      `letitcrash: needs Node ${OLDEST_NODE} or newer; this is ${process.versions.node}, and no newer one is installed beside it\n` +
        `  run npm ci in the project (without --omit=optional), or use Node ${OLDEST_NODE}`,
    );
    process.exitCode = EXIT_ENVIRONMENT;
  } else {
    takeOver(node);
  }
}

/** The Node of the platform package, or null when npm did not install one. */
function pinnedNode() {
  const require = createRequire(import.meta.url);
  const name = process.platform === 'win32' ? 'win' : process.platform;
  for (const flavour of ['node', 'node-bin']) {
    try {
      const folder = dirname(require.resolve(`${flavour}-${name}-${process.arch}/package.json`));
      const file = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
      if (existsSync(file)) return file;
    } catch {
      // Not installed under this name.
    }
  }
  return null;
}

/** Taken over from an older Node: when that shell is gone, however it went, this process leaves in good order. */
function followTheShell() {
  // Inside an arena the channel is the launcher's.
  if (process.env[TAKEN_OVER] === undefined || process.env.LETITCRASH_ARENA !== undefined || !process.connected) return;
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}

/** Becomes a shell around the other Node: passes signals on, and ends as it ends. */
function takeOver(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    // The channel carries nothing; its end tells the other that this one is gone.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [TAKEN_OVER]: process.versions.node },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to both of us already.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    console.error(`letitcrash: cannot start ${node}: ${error.message}\n  install the dependencies again: npm ci`);
    process.exitCode = EXIT_ENVIRONMENT;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 1);
  });
}
