import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { faultKinds } from '../../../../harness/run/faults/catalogue.ts';
import { CATALOGUE_PAGE, cataloguePage } from '../../../../harness/run/faults/catalogue-page.ts';
import { requirementNames } from '../../../../harness/run/faults/requirements.ts';

test('CATALOGUE.md agrees with the kinds; if not: node harness/run/faults/catalogue-page.ts', () => {
  expect(readFileSync(CATALOGUE_PAGE, 'utf8')).toBe(cataloguePage());
});

test('the page has every kind, and every requirement', () => {
  const page = cataloguePage();
  for (const kind of faultKinds.keys()) expect(page).toContain(`\n## ${kind}\n`);
  for (const name of requirementNames) expect(page).toContain(`\n| \`${name}\` |`);
});

test('a setting is shown with its default, its meaning and its permitted values', () => {
  const page = cataloguePage();
  expect(page).toContain(
    "| `role` | `user` | which process: a user's, or the node's own process of that name; one of `user`, `presence`, ",
  );
  expect(page).toContain('| `release` | required |');
});

test.each([...faultKinds.values()])('$kind explains each of its settings', (kind) => {
  const [, section = ''] = cataloguePage().split(`\n## ${kind.kind}\n`);
  const [own = ''] = section.split('\n## ');
  for (const line of own.split('\n').filter((row) => row.startsWith('| `'))) expect(line).not.toMatch(/\| {2}\|$/);
});
