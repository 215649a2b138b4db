import { expect, test } from 'vitest';
import { engineOptions } from '../../../targets/reference/engine-options.ts';

test('a Node whose engine does not know the options gets none, because it would not start with them', () => {
  expect(engineOptions('20.20.2')).toEqual([]);
  expect(engineOptions('22.18.0')).toEqual([]);
  expect(engineOptions('24.0.0')).toEqual(engineOptions('26.10.0'));
  expect(engineOptions('24.0.0')).not.toEqual([]);
});
