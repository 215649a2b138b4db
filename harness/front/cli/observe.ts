/** `letitcrash observe <url | run folder>`: a node's processes, tree and crashes in the terminal, as Erlang's etop and observer show them. */
import { Command, Option } from 'commander';
import { isInNetworkOf, joinNetworkOf } from '../../run/arena/join.ts';
import { liveScreen } from '../observe/live-screen.ts';
import { type Section, screenLines } from '../observe/screen.ts';
import { type Snapshot, SORTS, type Sort, snapshots } from '../observe/snapshot.ts';
import { TOKEN_VARIABLE, type Whom, whomToObserve } from '../observe/whom.ts';
import { type Console, consoleOf } from './console.ts';
import { wholeNumber } from './option-values.ts';

interface Options {
  readonly sort: Sort;
  readonly limit: number;
  readonly tree?: boolean;
  readonly crashes?: boolean;
  readonly once?: boolean;
  readonly owned?: boolean;
  readonly tokenFile?: string;
}

const MAX_LIMIT = 10_000;

const HELP = `
During a run of the reference server, its run folder says where to look:
  letitcrash run steady --out runs/now &
  letitcrash observe runs/now --sort reductions

The control plane of any other node requires its token, from the environment (${TOKEN_VARIABLE}) or a file, never from the command line:
  letitcrash observe http://127.0.0.1:8081 --token-file ./token --crashes

On a terminal it refreshes each second, until q or Ctrl-C; with --once or --json, or if there is no terminal, it prints once.`;

export function observeCommand(): Command {
  return new Command('observe')
    .description("show a running node's processes, supervision tree and crashes")
    .argument('<node>', 'URL of a control plane, or the folder of a current run')
    .addOption(
      new Option('--sort <by>', 'list the processes with the most of this first').choices([...SORTS]).default('reductions'),
    )
    .option('--limit <n>', 'number of processes to list', wholeNumber(1, MAX_LIMIT), 20)
    .option('--tree', 'show the supervision tree')
    .option('--crashes', 'show the latest crash reports')
    .option('--once', 'print once and exit')
    .option('--token-file <file>', 'file that holds the token')
    .option('--owned', 'say that a node on another machine is yours')
    .addHelpText('after', HELP)
    .action(async (given: string, options: Options, command: Command) => {
      const console = consoleOf(command);
      const whom = await whomToObserve(given, {
        tokenFile: options.tokenFile ?? null,
        environmentToken: process.env[TOKEN_VARIABLE],
        owned: options.owned === true,
      });
      if (whom.arena !== null && !isInNetworkOf(whom.arena)) process.exitCode = await joinNetworkOf(whom.arena);
      else await observe(whom, options, console);
    });
}

async function observe(whom: Whom, options: Options, console: Console): Promise<void> {
  const { sort, limit } = options;
  const sections = sectionsOf(options);
  const look = (): Promise<readonly Snapshot[]> => snapshots(whom, sort, limit);
  const words = (nodes: readonly Snapshot[]): string[] =>
    nodes.flatMap((node, index) => [
      ...(index === 0 ? [] : ['']),
      ...screenLines(node, { sections, sort, width: process.stdout.columns ?? Number.POSITIVE_INFINITY }),
    ]);
  if (process.stdout.isTTY === true && options.once !== true && !console.options.json) {
    await liveScreen(process.stdin, process.stdout, async () => words(await look()));
    return;
  }
  const nodes = await look();
  console.print(words(nodes).join('\n'));
  console.document({ schema: 'letitcrash.observation/1', nodes });
}

function sectionsOf({ tree, crashes }: Options): readonly Section[] {
  const asked: Section[] = [];
  if (tree === true) asked.push('tree');
  if (crashes === true) asked.push('crashes');
  return asked.length === 0 ? ['processes'] : asked;
}
