/** `letitcrash init`: a starter scenario and a policy, and on request a workflow that gates pull requests, or a target of one's own. */
import { Command, Option } from 'commander';
import { ownServerFiles } from '../starter/own-server-files.ts';
import { starterFiles } from '../starter/starter-files.ts';
import { writeStarter } from '../starter/write-starter.ts';
import { consoleOf } from './console.ts';

const HELP = `
Files that are there already are never touched. --out names the project's folder (default: this one).

Examples:
  letitcrash init
  letitcrash init --ci github        also a workflow, safe for pull requests from forks, and one that comments
  letitcrash init --target           a target, a driver and a scenario for a server of your own, which run as they are`;

export function initCommand(): Command {
  return new Command('init')
    .description('write a starter scenario, a policy for the gate, and a CI workflow')
    .addOption(new Option('--ci <system>', 'write workflows too').choices(['github']))
    .option('--target', 'write a target and a driver for your own server instead')
    .addHelpText('after', HELP)
    .action(async ({ ci, target }: { ci?: 'github'; target?: boolean }, command: Command) => {
      const console = consoleOf(command);
      const starters = target === true ? ownServerFiles : starterFiles({ ci: ci ?? null });
      const files = await writeStarter(console.options.out ?? '.', starters);
      const width = Math.max(...files.map(({ path }) => path.length));
      for (const { path, state, what } of files) {
        console.print(`${state.padEnd(8)} ${path.padEnd(width)}  ${state === 'kept' ? 'was there already' : what}`);
      }
      console.print(
        target === true
          ? '\nnext: npm install --save-dev letitcrash ws, then npx letitcrash run letitcrash/my-server.yaml'
          : '\nnext: npx letitcrash run letitcrash/gate.yaml, then npx letitcrash gate --baseline HEAD',
      );
      console.document({ schema: 'letitcrash.init/1', files: files.map(({ path, state }) => ({ path, state })) });
    });
}
