/** `letitcrash import k6|autocannon <file>`: makes a run of what another load generator wrote. */
import { Argument, Command } from 'commander';
import { terminalSummary } from '../../reports/terminal.ts';
import { IMPORT_TOOLS, type ImportTool } from '../import/import-output.ts';
import { importOutput } from '../library/import.ts';
import { ScenarioError } from '../library/scenario-error.ts';
import { consoleOf } from './console.ts';
import { ExitCode, VERDICT_CODES } from './exit-codes.ts';

const HELP = `
The file is k6's summary (--summary-export, or the data that a script's handleSummary was given), or the output of autocannon --json.
Thresholds of k6 become checks. What the tool cannot say is named in the report, and a measurement that it spoilt is invalid: iterations
that k6 dropped, latencies that autocannon made up.

Examples:
  k6 run --summary-export k6.json --summary-trend-stats "min,med,max,p(90),p(95),p(99),p(99.9),count" script.js
  letitcrash import k6 k6.json --name checkout --here
  autocannon --json http://127.0.0.1:8080 > autocannon.json && letitcrash import autocannon autocannon.json
  letitcrash history add runs/*-checkout-k6`;

export function importCommand(): Command {
  return new Command('import')
    .description('make a run, with its reports, of what k6 or autocannon wrote')
    .addArgument(new Argument('<tool>', 'which tool wrote it').choices(IMPORT_TOOLS))
    .argument('<file>', 'the file')
    .option('--name <name>', "what to call it; results of one name are one series of a history (default: the file's name)")
    .option('--target <name>', 'what was loaded, where the file does not say')
    .option('--here', 'it was measured on this machine')
    .addHelpText('after', HELP)
    .action(
      async (tool: ImportTool, file: string, given: { name?: string; target?: string; here?: boolean }, command: Command) => {
        const console = consoleOf(command);
        const { out } = console.options;
        try {
          const { result, reportPath } = await importOutput(tool, file, { ...given, ...(out === null ? {} : { outDir: out }) });
          console.printReport(terminalSummary(result, { colour: console.colour, width: console.width, reportPath }));
          console.document(result);
          process.exitCode = VERDICT_CODES[result.verdict];
        } catch (error) {
          if (!(error instanceof ScenarioError)) throw error;
          console.complain(error.message);
          process.exitCode = ExitCode.usage;
        }
      },
    );
}
