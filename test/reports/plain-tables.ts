import { expect } from 'vitest';

/** Everything before the fenced command holds no markup, and each of its tables as many cells in every row. */
export function expectPlainTables(page: string): void {
  const beforeFence = page.split('\n### Where and how it ran')[0] as string;
  expect(beforeFence).not.toMatch(/[<]/);
  for (const block of beforeFence.split('\n\n').filter((part) => part.startsWith('| '))) {
    const widths = block
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/\\\\/g, '').replace(/\\\|/g, '').split('|').length);
    expect(new Set(widths).size).toBe(1);
  }
}
