import { expect, test } from 'vitest';
import { anchoredText } from '../../../../harness/studies/gate/outside-files.ts';

const place = { folder: '/home/me/repo/chat', top: '/home/me/repo' };
const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

test('dependencies with a path out of the repository are rewritten to where they lie, in the manifest and in its lock file', () => {
  const manifest = {
    name: 'chat',
    devDependencies: { letitcrash: 'file:../../letitcrash-0.1.0.tgz', lib: 'file:../lib', ws: '^8.0.0' },
  };
  expect(JSON.parse(anchoredText(text(manifest), place)).devDependencies).toEqual({
    letitcrash: 'file:/home/me/letitcrash-0.1.0.tgz',
    // In the checkout too.
    lib: 'file:../lib',
    ws: '^8.0.0',
  });
  const lock = {
    packages: {
      '': manifest,
      'node_modules/letitcrash': { version: '0.1.0', resolved: 'file:../../letitcrash-0.1.0.tgz', integrity: 'sha512-x' },
      'node_modules/ws': { resolved: 'https://registry.example/ws.tgz' },
    },
  };
  const anchored = JSON.parse(anchoredText(text(lock), place)).packages;
  expect(anchored[''].devDependencies.letitcrash).toBe('file:/home/me/letitcrash-0.1.0.tgz');
  expect(anchored['node_modules/letitcrash']).toEqual({
    version: '0.1.0',
    resolved: 'file:/home/me/letitcrash-0.1.0.tgz',
    integrity: 'sha512-x',
  });
  expect(anchored['node_modules/ws']).toEqual(lock.packages['node_modules/ws']);
});

test('files without such a path, and files that are not JSON, stay the same to the byte', () => {
  for (const same of ['{"devDependencies":{"lib":"^1.0.0"}}', '{ "file: ']) expect(anchoredText(same, place)).toBe(same);
});
