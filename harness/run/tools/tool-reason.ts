/** Why a tool failed, out of all that it printed: a few lines, and not the end of its usage. Pure. */
import { outsideText } from '../../evidence/result/printable.ts';

const LINES = 4;
const LINE_CHARS = 300;
/** npm marks what it says when it fails; a code says less than the lines that follow. */
const NPM = /^npm (?:error|ERR!)(?! code E)\s*/;
/** Where npm's reasons are over. */
const NPM_ENDS = /^(?:Usage:|Options:|Clean install a project|Install a package|Run "npm help|A complete log of this run|\s*at )/;
const TELLING = /\b(?:error|fatal|failed|cannot|not found|panic)\b/i;

/** `:` and each line on one of its own, indented; empty when nothing was printed. */
export function toolReason(printed: string): string {
  const lines = printed.split(/[\r\n]+/).map((line) => outsideText(line, LINE_CHARS));
  const told = npmReason(lines) ?? plainReason(lines.filter((line) => line !== ''));
  return told.length === 0 ? '' : `:\n${told.map((line) => `  ${line}`).join('\n')}`;
}

function npmReason(lines: readonly string[]): readonly string[] | null {
  const said = lines.filter((line) => NPM.test(line)).map((line) => line.replace(NPM, '').trim());
  const end = said.findIndex((line) => NPM_ENDS.test(line));
  const reasons = said.slice(0, end < 0 ? said.length : end).filter((line) => line !== '');
  return reasons.length === 0 ? null : reasons.slice(0, LINES);
}

/** The first lines that speak of a fault, or else the last. */
function plainReason(lines: readonly string[]): readonly string[] {
  const telling = lines.filter((line) => TELLING.test(line) && !/^\s*at /.test(line));
  return telling.length === 0 ? lines.slice(-LINES) : telling.slice(0, LINES);
}
