/**
 * Finds everything that is wrong with a command line, not only what commander meets first: each mistake is taken out, and the rest is read
 * again. No command is played.
 */
import { type Command, CommanderError } from 'commander';

/** More than any command line of a person has. */
const MOST = 30;
/** Stands in for a missing argument. */
const PLACEHOLDER = 'letitcrash-missing-argument';

export interface Mistakes {
  /** As commander or the program throws them, each once. */
  readonly errors: readonly unknown[];
  /** The rest of the command, whose arguments and options are valid; null if none could be read. */
  readonly command: Command | null;
}

/** Thrown when the program's own hooks have checked the command and found nothing wrong. */
class Read extends Error {
  override readonly name = 'Read';
}

/** `program` returns a new program each time, which reports the command that it would play before it checks the command more closely. */
export async function allMistakes(
  argv: readonly string[],
  program: (onCalled: (command: Command) => void) => Command,
): Promise<Mistakes> {
  const errors: unknown[] = [];
  let command: Command | null = null;
  let rest: readonly string[] | null = argv;
  let isGuessed = false;
  for (let tries = 0; tries < MOST && rest !== null; tries += 1) {
    try {
      const onCalled = (called: Command): void => {
        command = called.args.includes(PLACEHOLDER) ? null : called;
      };
      await program(onCalled)
        .hook('preAction', () => {
          throw new Read();
        })
        .parseAsync(rest, { from: 'user' });
      break;
    } catch (error) {
      if (error instanceof Read) break;
      if (!(error instanceof CommanderError)) {
        errors.push(error);
        break;
      }
      // This concerns words that may have belonged to what was taken out, or that stand in for something missing.
      if (isGuessed && (error.code === 'commander.excessArguments' || error.message.includes(PLACEHOLDER))) break;
      errors.push(error);
      rest = withoutMistake(error, rest);
      isGuessed = true;
    }
  }
  return { errors, command };
}

/** The command line without the invalid option, or with the missing part added; null if nothing more can be read of it. Pure. */
function withoutMistake({ code, message }: CommanderError, argv: readonly string[]): readonly string[] | null {
  switch (code) {
    case 'commander.unknownOption': {
      const flag = /'([\s\S]*)'/.exec(message)?.[1] ?? '';
      return without(
        argv,
        argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`)),
        1,
      );
    }
    case 'commander.optionMissingArgument':
      return argv.slice(0, -1);
    case 'commander.missingArgument':
      return [...argv, PLACEHOLDER];
    case 'commander.invalidArgument': {
      const option = /^error: option '(?<flags>[^']*)' argument '(?<value>[\s\S]*)' is invalid\./.exec(message)?.groups;
      if (option === undefined) return null;
      const flags = (option.flags ?? '').split(/[ ,]+/).filter((word) => word.startsWith('-'));
      const inOneWord = flags.map((flag) => `${flag}=${option.value}`);
      const joined = argv.findIndex((word) => inOneWord.includes(word));
      if (joined >= 0) return without(argv, joined, 1);
      return without(
        argv,
        argv.findIndex((word, index) => flags.includes(word) && argv[index + 1] === option.value),
        2,
      );
    }
    default:
      return null;
  }
}

function without(argv: readonly string[], at: number, count: number): readonly string[] | null {
  return at < 0 ? null : argv.toSpliced(at, count);
}
