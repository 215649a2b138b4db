/** `letitcrash import k6|autocannon|artillery <file>`: makes a run from what another load generator wrote. */
import { Argument, Command } from 'commander';
import { terminalSummary } from '../../../reports/terminal.ts';
import { VERDICT_CODES } from '../library/exit-codes.ts';
import { IMPORT_TOOLS, type ImportOutcome, type ImportTool, importOutputs } from '../library/import.ts';
import { type Console, consoleOf } from './console.ts';

const HELP = `
The file is a summary of k6 (from --summary-export or handleSummary, or the machine-readable one), the output of autocannon --json, or the
report of artillery run --output, in UTF-8 or UTF-16. Each result of a list, or of a file with one result a line, becomes a run.
Thresholds of k6 become checks. The report names what the tool cannot say, and a measurement that the tool spoilt is invalid: iterations
that k6 dropped, latencies that autocannon estimated, users that Artillery skipped. Nothing is overwritten: the same content is the same
run, however often it is imported.

Examples:
  k6 run --summary-export k6.json --summary-trend-stats "min,med,max,p(90),p(95),p(99),p(99.9),count" script.js
  letitcrash import k6 k6.json --name checkout --here
  autocannon --json http://127.0.0.1:8080 > autocannon.json && letitcrash import autocannon autocannon.json
  artillery run --output report.json test.yml && letitcrash import artillery report.json
  letitcrash history add runs/*-checkout-k6`;

export function importCommand(): Command {
  return new Command('import')
    .description('make a run with reports from the output of k6, autocannon or Artillery')
    .addArgument(new Argument('<tool>', 'the tool that wrote the file').choices(IMPORT_TOOLS))
    .argument('<file>', 'the file')
    .option('--name <name>', "the name of the run; results with one name form one series of a history (default: the file's name)")
    .option('--target <name>', 'the server that was loaded, if the file does not say')
    .option('--here', 'say that it was measured on this machine')
    .addHelpText('after', HELP)
    .action(
      async (tool: ImportTool, file: string, given: { name?: string; target?: string; here?: boolean }, command: Command) => {
        const console = consoleOf(command);
        const outcomes = await importOutputs(tool, file, { ...given, outDir: console.options.out });
        for (const outcome of outcomes) show(outcome, console);
        const results = outcomes.map(({ result }) => result);
        console.document(results.length === 1 ? results[0] : results);
        process.exitCode = Math.max(...results.map(({ verdict }) => VERDICT_CODES[verdict]));
      },
    );
}

function show({ result, runDir, reportPath, known }: ImportOutcome, console: Console): void {
  console.printReport(terminalSummary(result, { colour: console.colour, width: console.width, reportPath }));
  if (known) console.print(`it has already been imported, as ${runDir}`);
}
