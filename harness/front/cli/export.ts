/** `letitcrash export k6 <scenario>`: the scenario as a script for another load generator. */
import { Argument, Command, InvalidArgumentError } from 'commander';
import { exportK6 } from '../library/export.ts';
import { consoleOf } from './console.ts';
import { writeScript } from './output.ts';

const HELP = `
The script plays the scenario's load: messages of the native protocol, at times that are drawn in advance, or HTTP requests. What k6 cannot do
(faults, the ledger) is left out and named in the script. The server's address and key come from the environment, never from the script:
  LETITCRASH_URLS       ws://... or http://... of the nodes, separated by commas
  LETITCRASH_TOKEN_KEY  the server's signing key, base64url

Examples:
  letitcrash export k6 steady --out steady.ts && k6 run steady.ts && letitcrash import k6 k6-summary.json
  letitcrash export k6 http --set load.rate=500/s > http.ts`;

export function exportCommand(): Command {
  return new Command('export')
    .description('write a scenario as a script for k6')
    .addArgument(new Argument('<tool>', 'for which tool: k6').argParser(tool))
    .argument('<scenario>', 'a bundled name (letitcrash scenarios) or a file')
    .addHelpText('after', `${HELP}\n\n--out names the file; without it the script is printed.`)
    .action(async (_tool: 'k6', given: string, _options: unknown, command: Command) => {
      const console = consoleOf(command);
      const { out, set, seed } = console.options;
      const { text, leftOut } = await exportK6(given, { set, seed, outFile: out });
      for (const line of leftOut) console.complain(`left out: ${line}`);
      if (out !== undefined) console.print(`${out}\n  LETITCRASH_URLS=... LETITCRASH_TOKEN_KEY=... k6 run ${out}`);
      else if (!console.options.json) writeScript(text);
      const [file, script] = out === undefined ? [null, text] : [out, null];
      console.document({ schema: 'letitcrash.export/1', tool: 'k6', file, script, leftOut });
    });
}

function tool(text: string): 'k6' {
  if (text !== 'k6') throw new InvalidArgumentError('It must be k6.');
  return text;
}
