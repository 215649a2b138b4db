/** One builder says "how to run it again", whatever is repeated. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commandLine, type Repeated } from '../../../../harness/evidence/result/command-line.ts';

const repeated: Repeated = {
  words: ['compare', 'nodes=1', "it's two words"],
  options: { scenario: 'steady', policy: null, blocks: 12 },
  set: ['users=20', 'load.rate=5/s', '$HOME `x`'],
  seed: 7,
};

test('a line has the command, the options that were given, the overrides in their order, and the seed', () => {
  expect(commandLine(repeated)).toBe(
    `letitcrash compare nodes=1 'it'\\''s two words' --scenario steady --blocks 12 --set users=20 --set load.rate=5/s --set '$HOME \`x\`' --seed 7`,
  );
  expect(commandLine({ words: ['run', 'quickstart'], set: [], seed: 0 })).toBe('letitcrash run quickstart --seed 0');
});

test('a shell reads exactly the words that were given', () => {
  const word = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), fc.array(word, { maxLength: 3 }), (words, set) => {
      const line = commandLine({ words, set, seed: 1 }).replace(/^letitcrash/, 'printf "%s\\0" letitcrash');
      const read = execFileSync('sh', ['-c', line], { encoding: 'utf8' }).split('\0').slice(0, -1);
      expect(read).toEqual(['letitcrash', ...words, ...set.flatMap((one) => ['--set', one]), '--seed', '1']);
    }),
    { numRuns: 40, endOnFailure: true },
  );
});
