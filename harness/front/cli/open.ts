/** `letitcrash open [run]`: the index of runs, or the report of one of them, in the browser; the address is printed either way. */
import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { ExitCode } from '../library/exit-codes.ts';
import { readFinished } from '../library/finished.ts';
import { writeReportsOf } from '../library/finished-reports.ts';
import { RUNS_FOLDER, readRunIndex, writeRunIndex } from '../library/run-index.ts';
import { consoleOf } from './console.ts';

const HELP = `
Without a run it opens the index: all runs in runs/, newest first, with their verdicts and first figures. The index is updated first.

Examples:
  letitcrash open
  letitcrash open runs/20261124-120000-quickstart-reference
  letitcrash open elsewhere/runs --no-browser`;

const PAGES = ['report.html', 'trend.html'] as const;

export function openCommand(): Command {
  return new Command('open')
    .description('open the index of runs, or the report of one, in the browser; print its address')
    .argument('[run]', `the folder of a run, a comparison or a history, or a folder of runs (default: ${RUNS_FOLDER})`)
    .option('--no-browser', 'only print the address')
    .addHelpText('after', HELP)
    .action(async (given: string | undefined, { browser }: { readonly browser: boolean }, command: Command) => {
      const console = consoleOf(command);
      const page = await pageOf(given);
      if (typeof page === 'string') {
        console.complain(page);
        process.exitCode = ExitCode.usage;
        return;
      }
      const address = pathToFileURL(page.path).href;
      console.print(address);
      console.document({ schema: 'letitcrash.open/1', page: page.path, address });
      const opener = browser && !console.options.json ? openerHere() : null;
      if (opener !== null && !(await opened(opener, address)))
        console.complain(`${opener[0]} did not open it; the address is valid all the same`);
    });
}

async function pageOf(given: string | undefined): Promise<{ readonly path: string } | string> {
  const path = resolve(given ?? RUNS_FOLDER);
  const facts = await stat(path).catch(() => null);
  if (facts === null && given === undefined)
    return `there is no folder ${RUNS_FOLDER}/ here\n  letitcrash run quickstart writes the first run`;
  if (facts === null) return `${given}: there is no such file or folder\n  letitcrash open shows the existing runs`;
  if (facts.isFile() && path.endsWith('.html')) return { path };
  const read = await readFinished(path);
  if (typeof read !== 'string') {
    for (const name of PAGES) {
      const page = join(read.folder, name);
      if ((await stat(page).catch(() => null))?.isFile()) return { path: page };
    }
    return { path: await writeReportsOf(read.document, read.folder) };
  }
  if (!facts.isDirectory()) return read;
  // Before anything is written into a folder that may belong to somebody else.
  if (given !== undefined && (await readRunIndex(path)).entries.length === 0)
    return `${given}: holds no run\n  give a run folder, or a folder of runs`;
  const written = await writeRunIndex(path);
  return typeof written === 'string' ? written : { path: written.page };
}

/** The program that opens addresses for the user of this machine; null if nobody is there to see it. */
function openerHere(): readonly [file: string, ...words: string[]] | null {
  if (process.stdout.isTTY !== true) return null;
  switch (process.platform) {
    case 'darwin':
      return ['open'];
    case 'win32':
      return ['rundll32', 'url.dll,FileProtocolHandler'];
    default:
      return process.env.DISPLAY || process.env.WAYLAND_DISPLAY ? ['xdg-open'] : null;
  }
}

/** Whether it started: the browser stays open when this command ends. */
function opened([file, ...words]: readonly [string, ...string[]], address: string): Promise<boolean> {
  return new Promise((done) => {
    const child = spawn(file, [...words, address], { stdio: 'ignore', detached: true });
    child.once('error', () => done(false));
    child.once('spawn', () => {
      child.unref();
      done(true);
    });
  });
}
