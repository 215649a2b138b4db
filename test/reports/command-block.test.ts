import { expect, it } from 'vitest';
import { commandBlock } from '../../reports/html/command-block.ts';
import { parseXml, textOf } from './well-formed.ts';

it('shows a command as it is copied, with each flag in one piece', () => {
  const command = 'letitcrash run quickstart --set users=500 --seed 7 -v --set a-b=--c';
  const block = parseXml(commandBlock(command).text);
  expect(textOf(block)).toBe(command);
  const whole = block.children.flatMap(({ children }) => children).map(textOf);
  expect(whole).toEqual(['--set', '--seed', '-v', '--set']);
});
