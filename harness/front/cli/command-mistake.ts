/**
 * Mistakes on the command line in the style of all other mistakes: what was written and what is wrong with it, then what would be right.
 * Pure.
 */
import type { CommanderError } from 'commander';
import { outsideText } from '../../evidence/result/printable.ts';

/** Translates an error of commander; `command` is the command as it was called, such as `letitcrash run`. */
export function commandMistake({ code, message }: Pick<CommanderError, 'code' | 'message'>, command: string): string {
  const said = message.replace(/^error: /, '');
  const help = `${command} --help shows what is possible`;
  const quoted = /'([\s\S]*?)'/.exec(said)?.[1] ?? '';
  const meant = /\(Did you mean (?:one of )?([^?]*)\?\)/.exec(said)?.[1];
  const remedy = meant === undefined ? help : `did you mean ${meant}? ${help}`;
  switch (code) {
    case 'commander.unknownOption':
      return mistake(quoted, `is no option of ${command}`, remedy);
    case 'commander.unknownCommand':
      return mistake(quoted, `is no command of ${command}`, remedy);
    case 'commander.missingArgument':
      return mistake(command, `<${quoted}> is missing`, help);
    case 'commander.optionMissingArgument':
      return mistake(quoted, 'its value is missing', `${quoted}; ${help}`);
    case 'commander.excessArguments':
      return mistake(command, (said.split(/\. /)[1] ?? said).replace(/^E/, 'e').replace(/\.$/, ''), help);
    case 'commander.invalidArgument':
      return invalid(said, command);
    default:
      return mistake(command, said, help);
  }
}

/** Reads `option '--seed <n>' argument 'three' is invalid. A seed is ...`, or the same message for an argument. */
function invalid(said: string, command: string): string {
  const option = /^option '(?<flags>[^']*)' argument '(?<value>[\s\S]*)' is invalid\. (?<right>[\s\S]*)$/.exec(said)?.groups;
  const argument =
    /^command-argument value '(?<value>[\s\S]*)' is invalid for argument '(?<flags>[^']*)'\. (?<right>[\s\S]*)$/.exec(said);
  const { flags = command, value = '', right = said } = option ?? argument?.groups ?? {};
  const name = option === undefined ? `<${flags}>` : (flags.split(/[ ,]+/).find((flag) => flag.startsWith('--')) ?? flags);
  const choices = /^Allowed choices are (.*)\.$/.exec(right)?.[1];
  return mistake(`${name} ${value === '' ? "''" : value}`, 'is not valid', choices === undefined ? right : `one of ${choices}`);
}

function mistake(place: string, what: string, remedy: string): string {
  return `${outsideText(place)}: ${outsideText(what)}\n  ${outsideText(remedy, REMEDY_CHARS)}`;
}

const REMEDY_CHARS = 400;
