/** The memory of a machine is said in one way everywhere: as it is sold, without what its kernel keeps for itself. */
import { expect, it } from 'vitest';
import { machineFingerprint } from '../../harness/evidence/measure/fingerprint.ts';
import { markdownSummary } from '../../reports/markdown.ts';
import { machineText } from '../../reports/setting-words.ts';
import { exampleResult } from './example-result.ts';

const machine = { cpu: 'Some CPU', cores: 2, memoryBytes: 25_300_000_000, os: 'Linux 6.18' };

it('25.3 GB is shown as 24 GiB, in words, in a summary and in a fingerprint', () => {
  expect(machineText(machine)).toBe('Some CPU, 2 cores, 24 GiB, Linux 6.18');
  const result = exampleResult();
  const summary = markdownSummary({ ...result, environment: { ...result.environment, ...machine } });
  expect(summary).toContain('24 GiB');
  expect(summary).not.toContain('25.3 GB');
  expect(machineFingerprint({ ...result.environment, ...machine })).toContain('24 GiB');
});
