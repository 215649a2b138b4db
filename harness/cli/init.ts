/** `letitcrash init`: a starter scenario and a policy, and on request a workflow that gates pull requests with them. */
import { Command, Option } from 'commander';
import { starterFiles } from '../starter/starter-files.ts';
import { writeStarter } from '../starter/write-starter.ts';
import { consoleOf } from './console.ts';

const HELP = `
Files that are there already are never touched. --out names the project's folder (default: this one).

Examples:
  letitcrash init
  letitcrash init --ci github        also a workflow, safe for pull requests from forks, and one that comments`;

export function initCommand(): Command {
  return new Command('init')
    .description('write a starter scenario, a policy for the gate, and a CI workflow')
    .addOption(new Option('--ci <system>', 'write workflows too').choices(['github']))
    .addHelpText('after', HELP)
    .action(async ({ ci }: { ci?: 'github' }, command: Command) => {
      const console = consoleOf(command);
      const files = await writeStarter(console.options.out ?? '.', starterFiles({ ci: ci ?? null }));
      const width = Math.max(...files.map(({ path }) => path.length));
      for (const { path, state, what } of files) {
        console.print(`${state.padEnd(8)} ${path.padEnd(width)}  ${state === 'kept' ? 'was there already' : what}`);
      }
      console.print(`\nnext: npx letitcrash run letitcrash/gate.yaml, then npx letitcrash gate --baseline HEAD`);
      console.document({ schema: 'letitcrash.init/1', files: files.map(({ path, state }) => ({ path, state })) });
    });
}
