import { describe, expect, test } from 'vitest';
import { fingerprintDifferences, type Machine, machineFingerprint } from '../../../../harness/evidence/measure/fingerprint.ts';

const machine: Machine = {
  os: 'Linux 6.18.3-cloud',
  arch: 'x64',
  cpu: 'Some CPU @ 2.5GHz',
  cores: 2,
  memoryBytes: 25_200_000_000,
};

describe('the fingerprint of a machine', () => {
  test('can be read, and stays the same after a kernel patch that reserves a few megabytes more', () => {
    expect(machineFingerprint(machine)).toBe('Linux 6.18 x64; 2 x Some CPU @ 2.5GHz; 23 GiB');
    expect(machineFingerprint({ ...machine, os: 'Linux 6.18.9', memoryBytes: 25_190_000_000 })).toBe(machineFingerprint(machine));
  });

  test.each([
    [{ os: 'Linux 6.12.3' }, 'system'],
    [{ arch: 'arm64' }, 'system'],
    [{ cpu: 'Another; CPU' }, 'processor'],
    [{ cores: 4 }, 'processor'],
    [{ memoryBytes: 8 * 1024 ** 3 }, 'memory'],
  ])('with %j differs only in the %s', (change, part) => {
    const other = machineFingerprint({ ...machine, ...change });
    expect(fingerprintDifferences(machineFingerprint(machine), other)).toEqual([
      { part, one: expect.any(String), other: expect.any(String) },
    ]);
  });

  test('that is not a fingerprint differs as a whole', () => {
    const here = machineFingerprint(machine);
    expect(fingerprintDifferences('the build server', here)).toEqual([{ part: 'machine', one: 'the build server', other: here }]);
    expect(fingerprintDifferences(here, here)).toEqual([]);
  });
});
